// The tables of the store, and how an older file becomes a newer one. Private to the store.
#pragma once

#include <array>
#include <cstdint>

namespace pratique {

// In SQLite's header field `application_id`: "Prtq". What carries another number is not ours.
constexpr std::int64_t store_application = 0x50727471;

// Step i brings a file from user_version i to i + 1. Steps are only ever added: a shipped one never changes.
extern const std::array<const char*, 1> store_migrations;
constexpr std::int64_t store_version = std::tuple_size_v<decltype(store_migrations)>;

}  // namespace pratique
