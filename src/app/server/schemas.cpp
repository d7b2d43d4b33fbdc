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
    "unknown": {"$ref": "#/components/schemas/UnknownImages"},
    "next": {"description": "'cursor' of the next page", "type": "string"},
    "failed": {"$ref": "#/components/schemas/FailedImages"},
    "scope": {"$ref": "#/components/schemas/Limits"}
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
    "workloads": {"type": "array", "items": {"$ref": "#/components/schemas/Workload"}},
    "running": {
      "type": "object",
      "required": ["workloads", "pods"],
      "properties": {"workloads": {"type": "integer"}, "pods": {"type": "integer"}}
    },
    "registry": {"type": "array", "items": {"type": "string"}},
    "since": {"type": "string"}
  }
},
"WhereAnswer": {
  "oneOf": [{"$ref": "#/components/schemas/WhereReport"}, {"$ref": "#/components/schemas/WhereGroups"}]
},
"WhereGroups": {
  "description": "with group_by: the places added up",
  "type": "object",
  "required": ["apiVersion", "kind", "by", "query", "ledger", "items", "unknown"],
  "properties": {
    "apiVersion": {"const": "pratique/v1"},
    "kind": {"const": "WhereGroups"},
    "by": {"enum": ["workload", "image", "namespace", "cluster"]},
    "query": {"type": "object"},
    "ledger": {"$ref": "#/components/schemas/Ledger"},
    "items": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["image", "digest", "cluster", "namespace", "kind", "name", "packages", "path", "artifacts", "pods"],
        "properties": {
          "image": {"type": "string"}, "digest": {"type": "string"}, "cluster": {"type": "string"},
          "namespace": {"type": "string"}, "kind": {"type": "string"}, "name": {"type": "string"},
          "packages": {"type": "array", "items": {"type": "string"}},
          "path": {"type": "array", "items": {"type": "string"}},
          "artifacts": {"type": "integer"}, "pods": {"type": "integer"}
        }
      }
    },
    "unknown": {"$ref": "#/components/schemas/UnknownImages"},
    "failed": {"$ref": "#/components/schemas/FailedImages"},
    "scope": {"$ref": "#/components/schemas/Limits"}
  }
},
"FailedImages": {
  "description": "artifacts without a bill of which a document could not be read; absent where there are none",
  "type": "array",
  "items": {
    "type": "object",
    "required": ["image", "digest", "reason"],
    "properties": {"image": {"type": "string"}, "digest": {"type": "string"}, "reason": {"type": "string"}}
  }
},
"UnknownImages": {
  "type": "array",
  "items": {
    "type": "object",
    "required": ["image", "digest", "reason"],
    "properties": {"image": {"type": "string"}, "digest": {"type": "string"}, "reason": {"type": "string"}}
  }
},
"Limits": {
  "description": "what the answer is limited to; absent where that is everything",
  "type": "array", "items": {"type": "string"}
},
"Workload": {
  "type": "object",
  "required": ["cluster", "namespace", "kind", "name", "pods", "containers", "since"],
  "properties": {
    "cluster": {"type": "string"}, "namespace": {"type": "string"}, "kind": {"type": "string"},
    "name": {"type": "string"}, "pods": {"type": "integer"},
    "containers": {"type": "array", "items": {"type": "string"}},
    "since": {"type": "string"}, "until": {"type": "string"},
    "serviceAccount": {"type": "string"},
    "exposure": {"type": "array", "items": {"type": "string"}},
    "owner": {"type": "array", "items": {"type": "string"}}
  }
},
"Package": {
  "type": "object",
  "required": ["name", "version", "purl"],
  "properties": {"name": {"type": "string"}, "version": {"type": "string"}, "purl": {"type": "string"}}
},
"FindingEvents": {
  "description": "what opened and closed, oldest first",
  "type": "array",
  "items": {
    "type": "object",
    "required": ["time", "what", "advisory", "revision", "generation", "components", "package"],
    "properties": {
      "time": {"type": "string"}, "what": {"enum": ["opened", "closed"]}, "advisory": {"type": "string"},
      "revision": {"type": "string"}, "generation": {"type": "string"}, "components": {"type": "integer"},
      "package": {"type": "string"}, "why": {"type": "string"}
    }
  }
},
"VulnerabilityReport": {
  "type": "object",
  "required": ["apiVersion", "kind", "query", "id", "aliases", "summary", "url", "ledger", "suppressed", "statements", "unknown", "history", "items"],
  "properties": {
    "apiVersion": {"const": "pratique/v1"},
    "kind": {"const": "VulnerabilityReport"},
    "query": {"type": "object"},
    "id": {"type": "string"},
    "aliases": {"type": "array", "items": {"type": "string"}},
    "summary": {"type": "string"}, "url": {"type": "string"}, "published": {"type": "string"},
    "kev": {"type": "object"}, "epss": {"type": "object"},
    "ledger": {"$ref": "#/components/schemas/Ledger"},
    "suppressed": {"description": "artifacts that VEX alone makes clean", "type": "integer"},
    "statements": {"type": "array", "items": {"type": "object"}},
    "unknown": {"$ref": "#/components/schemas/UnknownImages"},
    "history": {"$ref": "#/components/schemas/FindingEvents"},
    "next": {"description": "'cursor' of the next page", "type": "string"},
    "failed": {"$ref": "#/components/schemas/FailedImages"},
    "scope": {"$ref": "#/components/schemas/Limits"},
    "items": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["digest", "image", "package", "severity", "fixed", "state", "path", "workloads", "running", "registry", "since", "proof"],
        "properties": {
          "digest": {"type": "string"}, "image": {"type": "string"},
          "package": {"$ref": "#/components/schemas/Package"},
          "severity": {"type": "string"},
          "fixed": {"type": "array", "items": {"type": "string"}},
          "state": {"type": "string"},
          "path": {"type": "array", "items": {"type": "string"}},
          "workloads": {"type": "array", "items": {"$ref": "#/components/schemas/Workload"}},
          "running": {"type": "object"}, "since": {"type": "string"},
          "registry": {"type": "array", "items": {"type": "string"}},
          "proof": {"type": "array", "items": {"type": "object"}},
          "exposed": {"type": "array", "items": {"type": "object"}},
          "suppressed": {"type": "object"}
        }
      }
    }
  }
},
"ArtifactReport": {
  "type": "object",
  "required": ["apiVersion", "kind", "query", "digest", "image", "health", "packages", "ledger", "bills", "registry", "workloads", "ran", "unknown", "history", "items"],
  "properties": {
    "apiVersion": {"const": "pratique/v1"},
    "kind": {"const": "ArtifactReport"},
    "query": {"type": "object"},
    "digest": {"type": "string"}, "image": {"type": "string"},
    "health": {"enum": ["clean", "affected", "unknown", "failed"]},
    "packages": {"type": "integer"},
    "ledger": {"$ref": "#/components/schemas/Ledger"},
    "bills": {"type": "array", "items": {"type": "object", "required": ["digest", "format", "tool", "place", "ingested", "original"]}},
    "workloads": {"description": "that run it at that time", "type": "array", "items": {"$ref": "#/components/schemas/Workload"}},
    "ran": {"description": "that ever ran it", "type": "array", "items": {"$ref": "#/components/schemas/Workload"}},
    "unknown": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["package", "reason"],
        "properties": {"package": {"$ref": "#/components/schemas/Package"}, "reason": {"type": "string"}}
      }
    },
    "history": {"$ref": "#/components/schemas/FindingEvents"},
    "registry": {"description": "what registries call it", "type": "array", "items": {"type": "string"}},
    "failed": {
      "description": "documents that could not be read; absent where there are none",
      "type": "array",
      "items": {"type": "object", "required": ["digest", "place", "reason", "since"]}
    },
    "scope": {"$ref": "#/components/schemas/Limits"},
    "items": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["id", "severity", "package", "fixed", "state", "path", "since", "generation", "proof"],
        "properties": {
          "id": {"type": "string"}, "severity": {"type": "string"},
          "package": {"$ref": "#/components/schemas/Package"},
          "fixed": {"type": "array", "items": {"type": "string"}},
          "path": {"type": "array", "items": {"type": "string"}}, "since": {"type": "string"}
        }
      }
    }
  }
},
"CoverageReport": {
  "type": "object",
  "required": ["apiVersion", "kind", "query", "ledger", "waiting", "items"],
  "properties": {
    "apiVersion": {"const": "pratique/v1"},
    "kind": {"const": "CoverageReport"},
    "query": {"type": "object"},
    "ledger": {"$ref": "#/components/schemas/Ledger"},
    "advisories": {"description": "that findings are of; absent while nothing was matched", "type": "object"},
    "waiting": {"description": "components that are to be matched", "type": "integer"},
    "failed": {"$ref": "#/components/schemas/FailedImages"},
    "scope": {"$ref": "#/components/schemas/Limits"},
    "items": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["state", "artifacts", "why"],
        "properties": {"state": {"type": "string"}, "artifacts": {"type": "integer"}, "why": {"type": "string"}, "severity": {"type": "string"}}
      }
    }
  }
},
"TopReport": {
  "type": "object",
  "required": ["apiVersion", "kind", "query", "packages", "fixes", "items"],
  "properties": {
    "apiVersion": {"const": "pratique/v1"},
    "kind": {"const": "TopReport"},
    "query": {"type": "object"},
    "packages": {"type": "integer"}, "fixes": {"type": "integer"},
    "scope": {"$ref": "#/components/schemas/Limits"},
    "items": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["what", "package", "vulnerabilities", "artifacts", "workloads", "pods"],
        "properties": {
          "what": {"enum": ["fix", "package"]}, "package": {"type": "string"}, "to": {"type": "string"},
          "from": {"type": "array", "items": {"type": "string"}},
          "versions": {"type": "array", "items": {"type": "string"}},
          "vulnerabilities": {"type": "object", "additionalProperties": {"type": "integer"}},
          "artifacts": {"type": "integer"}, "workloads": {"type": "integer"}, "pods": {"type": "integer"}
        }
      }
    }
  }
},
"ChangesReport": {
  "type": "object",
  "required": ["apiVersion", "kind", "query", "from", "to", "ledger", "before", "opened", "closed", "changed", "artifacts", "added", "started", "stopped", "items"],
  "properties": {
    "apiVersion": {"const": "pratique/v1"},
    "kind": {"const": "ChangesReport"},
    "query": {"type": "object"},
    "from": {"type": "string"}, "to": {"type": "string"},
    "ledger": {"$ref": "#/components/schemas/Ledger"}, "before": {"$ref": "#/components/schemas/Ledger"},
    "opened": {"type": "integer"}, "closed": {"type": "integer"}, "changed": {"type": "integer"},
    "artifacts": {
      "description": "how many were added, started and stopped; below as many are named as the limit lets",
      "type": "object",
      "required": ["added", "started", "stopped"],
      "additionalProperties": {"type": "integer"}
    },
    "added": {"type": "array", "items": {"type": "object"}},
    "started": {"type": "array", "items": {"type": "object"}},
    "stopped": {"type": "array", "items": {"type": "object"}},
    "next": {"description": "'cursor' of the next page", "type": "string"},
    "scope": {"$ref": "#/components/schemas/Limits"},
    "items": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["time", "what", "id", "severity", "package", "purl", "fixed", "artifacts", "running", "advisory", "revision", "generation"],
        "properties": {
          "time": {"type": "string"}, "what": {"enum": ["opened", "closed", "changed"]}, "id": {"type": "string"},
          "artifacts": {"type": "integer"}, "running": {"type": "integer"}
        }
      }
    }
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
