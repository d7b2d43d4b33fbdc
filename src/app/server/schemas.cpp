#include "app/server/schemas.h"

namespace pratique {

const std::string_view api_schemas = R"json({
"Problem": {
  "description": "RFC 9457",
  "type": "object",
  "required": ["type", "title", "status", "detail"],
  "properties": {
    "type": {"type": "string"}, "title": {"type": "string"},
    "status": {"type": "integer"}, "detail": {"type": "string"}
  }
},
"OpenApi": {"type": "object", "required": ["openapi", "info", "paths"]},
"AdmissionReview": {
  "description": "admission.k8s.io/v1, as the API server writes it",
  "type": "object",
  "required": ["apiVersion", "kind", "request"],
  "properties": {
    "apiVersion": {"const": "admission.k8s.io/v1"},
    "kind": {"const": "AdmissionReview"},
    "request": {"type": "object"}
  }
},
"AdmissionAnswer": {
  "type": "object",
  "required": ["apiVersion", "kind", "response"],
  "properties": {
    "apiVersion": {"const": "admission.k8s.io/v1"},
    "kind": {"const": "AdmissionReview"},
    "response": {
      "type": "object",
      "required": ["uid", "allowed"],
      "properties": {"uid": {"type": "string"}, "allowed": {"type": "boolean"}}
    }
  }
},
"Ledger": {
  "description": "examined is the sum of the others",
  "type": "object",
  "required": ["examined", "clean", "affected", "unknown", "failed"],
  "properties": {
    "examined": {"type": "integer"}, "clean": {"type": "integer"}, "affected": {"type": "integer"},
    "unknown": {"type": "integer"}, "failed": {"type": "integer"}
  }
},
"WhereReport": {
  "type": "object",
  "required": ["apiVersion", "kind", "query", "ledger", "items", "unknown"],
  "properties": {
    "apiVersion": {"const": "pratique/v1"},
    "kind": {"const": "WhereReport"},
    "query": {
      "type": "object",
      "required": ["purl", "range", "running", "direct"],
      "properties": {
        "purl": {"type": "string"}, "range": {"type": "string"},
        "running": {"type": "boolean"}, "direct": {"type": "boolean"}
      }
    },
    "ledger": {"$ref": "#/components/schemas/Ledger"},
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Place"}},
    "unknown": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["image", "digest", "reason"],
        "properties": {"image": {"type": "string"}, "digest": {"type": "string"}, "reason": {"type": "string"}}
      }
    },
    "next": {"description": "'first' of the next page", "type": "string"},
    "scope": {"description": "what the answer is limited to; absent where that is everything", "type": "array", "items": {"type": "string"}}
  }
},
"Place": {
  "description": "a package in an artifact, and where that runs",
  "type": "object",
  "required": ["digest", "image", "package", "path", "workloads", "running", "registry", "since"],
  "properties": {
    "digest": {"type": "string"},
    "image": {"type": "string"},
    "package": {
      "type": "object",
      "required": ["name", "version", "purl"],
      "properties": {"name": {"type": "string"}, "version": {"type": "string"}, "purl": {"type": "string"}}
    },
    "path": {"type": "array", "items": {"type": "string"}},
    "workloads": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["cluster", "namespace", "kind", "name", "pods", "containers", "since"],
        "properties": {
          "cluster": {"type": "string"}, "namespace": {"type": "string"}, "kind": {"type": "string"},
          "name": {"type": "string"}, "pods": {"type": "integer"},
          "containers": {"type": "array", "items": {"type": "string"}}, "since": {"type": "string"}
        }
      }
    },
    "running": {
      "type": "object",
      "required": ["workloads", "pods"],
      "properties": {"workloads": {"type": "integer"}, "pods": {"type": "integer"}}
    },
    "registry": {"type": "array", "items": {"type": "string"}},
    "since": {"type": "string"}
  }
},
"SetAside": {
  "description": "parts that could not be read; the rest counts",
  "type": "array",
  "items": {
    "type": "object",
    "required": ["place", "reason"],
    "properties": {"place": {"type": "string"}, "reason": {"type": "string"}}
  }
},
"TakenBill": {
  "type": "object",
  "required": ["digest", "artifact", "name", "new", "components", "setAside"],
  "properties": {
    "digest": {"description": "of the bytes", "type": "string"},
    "artifact": {"description": "the digest of what it is about, its own where it names none", "type": "string"},
    "name": {"type": "string"},
    "new": {"type": "boolean"},
    "components": {"type": "integer"},
    "setAside": {"$ref": "#/components/schemas/SetAside"}
  }
},
"Upload": {
  "type": "object",
  "required": ["id", "size", "offset"],
  "properties": {
    "id": {"type": "string"}, "size": {"type": "integer"},
    "offset": {"description": "of the next byte wanted", "type": "integer"}
  }
},
"IngestReport": {
  "type": "object",
  "required": ["apiVersion", "kind", "added", "present", "failed", "items"],
  "properties": {
    "apiVersion": {"const": "pratique/v1"}, "kind": {"const": "IngestReport"},
    "added": {"type": "integer"}, "present": {"type": "integer"}, "failed": {"type": "integer"},
    "items": {
      "description": "in the order of the lines; with 'error' and 'fault' where one failed",
      "type": "array",
      "items": {"type": "object", "properties": {"place": {"type": "string"}, "error": {"type": "string"}, "fault": {"type": "string"}}}
    }
  }
},
"WorkloadReport": {
  "type": "object",
  "required": ["apiVersion", "kind", "cluster", "whole", "pods", "containers", "finished", "withoutDigest", "setAside"],
  "properties": {
    "apiVersion": {"const": "pratique/v1"}, "kind": {"const": "WorkloadReport"},
    "cluster": {"type": "string"},
    "whole": {"description": "what was not named is gone", "type": "boolean"},
    "pods": {"type": "integer"}, "containers": {"type": "integer"}, "finished": {"type": "integer"},
    "withoutDigest": {"type": "integer"},
    "setAside": {"$ref": "#/components/schemas/SetAside"}
  }
},
"NodeList": {
  "type": "object",
  "required": ["apiVersion", "kind", "items"],
  "properties": {
    "apiVersion": {"const": "pratique/v1"}, "kind": {"const": "NodeList"},
    "items": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["name", "since", "seen", "snapshot", "snapshots"],
        "properties": {
          "name": {"type": "string"}, "since": {"type": "string"}, "seen": {"type": "string"},
          "snapshot": {"description": "digest of the newest one; empty for none", "type": "string"},
          "snapshots": {"type": "integer"}
        }
      }
    }
  }
},
"KernelInventory": {
  "description": "what 'pratique kernel list -o json' writes; docs/kernel.md has the members of items",
  "type": "object",
  "required": ["kind", "items"],
  "properties": {
    "kind": {"const": "KernelInventory"},
    "node": {"type": ["string", "null"]}, "release": {"type": ["string", "null"]}, "boot": {"type": ["string", "null"]},
    "incomplete": {"type": ["array", "null"], "items": {"type": "string"}},
    "items": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": ["prog", "map", "link", "btf", "classic"]}}
      }
    }
  }
},
"TakenSnapshot": {
  "type": "object",
  "required": ["node", "digest", "new", "objects"],
  "properties": {
    "node": {"type": "string"}, "digest": {"type": "string"}, "new": {"type": "boolean"}, "objects": {"type": "integer"}
  }
},
"TakenEvents": {
  "type": "object",
  "required": ["node", "saved"],
  "properties": {"node": {"type": "string"}, "saved": {"type": "integer"}}
},
"TokenRequest": {
  "type": "object",
  "required": ["name", "role", "expires"],
  "additionalProperties": false,
  "properties": {
    "name": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    "role": {"enum": ["viewer", "auditor", "ingester", "operator", "approver", "admin", "agent"]},
    "scope": {"description": "cluster=, namespace=, repository=, node= and a name or its beginning and '*', with blanks between; empty for everything", "type": "string"},
    "expires": {"description": "within a year", "type": "string", "format": "date-time"}
  }
},
"Token": {
  "type": "object",
  "required": ["id", "name", "role", "scope", "created", "createdBy", "expires"],
  "properties": {
    "id": {"type": "string"}, "name": {"type": "string"}, "role": {"type": "string"}, "scope": {"type": "string"},
    "created": {"type": "string"}, "createdBy": {"type": "string"}, "expires": {"type": "string"},
    "revoked": {"type": "string"},
    "state": {"enum": ["good", "expired", "revoked"]}
  }
},
"IssuedToken": {
  "allOf": [{"$ref": "#/components/schemas/Token"}],
  "required": ["token"],
  "properties": {"token": {"description": "shown this once", "type": "string"}}
},
"TokenList": {
  "type": "object",
  "required": ["apiVersion", "kind", "items"],
  "properties": {
    "apiVersion": {"const": "pratique/v1"}, "kind": {"const": "TokenList"},
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Token"}}
  }
},
"AuditLog": {
  "type": "object",
  "required": ["apiVersion", "kind", "items"],
  "properties": {
    "apiVersion": {"const": "pratique/v1"}, "kind": {"const": "AuditLog"},
    "items": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["sequence", "at", "actor", "from", "action", "object", "detail", "hash"],
        "properties": {
          "sequence": {"type": "integer"}, "at": {"type": "string"}, "actor": {"type": "string"},
          "from": {"type": "string"}, "action": {"type": "string"}, "object": {"type": "string"},
          "detail": {"type": "string"}, "hash": {"description": "SHA-256 over the hash before and all of this", "type": "string"}
        }
      }
    }
  }
}
})json";

}  // namespace pratique
