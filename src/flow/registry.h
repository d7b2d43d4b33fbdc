// registry: what a registry holds -> the store: its repositories and tags, the manifests behind them, and the bills
// that are attached to these. What is listed as a whole closes what is gone; what could not be read stays as it was,
// and is told.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"
#include "flow/registry_client.h"
#include "model/bill.h"
#include "world/store/store.h"

namespace pratique {

struct RegistryFailure {
  Fault fault = Fault::unavailable;
  std::string place, reason;
};

struct RegistryReport {
  ListingCounts counts;                 // of the whole registry, as the store has it now
  std::uint64_t repositories = 0;       // listed this time
  std::uint64_t attached = 0;           // bills that were found attached,
  std::uint64_t added = 0;              // and new among them
  bool is_whole = true;                 // false: something may be gone that was not closed
  std::vector<RegistryFailure> failed;  // repositories, tags, and attached documents
};

struct RegistryIngestOptions {
  RegistryOptions client;
  Limits limits;                                                          // of each attached document
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // repositories
};

// `target`: "registry.example:5000" for all repositories that it lists, or "registry.example/shop/cart" for one. Fault:
// usage (no such target); refused and unsupported, where it does not list what it has; unavailable and timeout, where
// it does not answer at all; not_found; interrupted, and then nothing is saved but attached bills; those of the store.
Result<RegistryReport> ingest_registry(Store& store, const std::string& target, Time now,
                                       const RegistryIngestOptions& options);

}  // namespace pratique
