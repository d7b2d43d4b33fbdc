// The tables of the store, and how an older one becomes a newer one. Private to the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace pratique {

// In SQLite's header field `application_id`: "Prtq". What carries another number is not ours.
constexpr std::int64_t store_application = 0x50727471;
constexpr std::int64_t store_version = 6;

enum class Engine : std::uint8_t { sqlite, postgres };
// Brings a store from version `step` to step + 1. Steps are only ever added: a shipped one never changes.
std::string migration(std::size_t step, Engine engine);

}  // namespace pratique
