// Result and Error: how every function that can fail says so.
//
// Result<T> has std::expected's names (C++23) and holds either a value or an Error; it is [[nodiscard]].
// The surprise: reading value() of a failed Result aborts, it does not throw. Exceptions of libraries are caught in
// the adapter that calls them and become an Error. Everything here is a value and safe to move between threads.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.h"

namespace pratique {

// What kind of thing went wrong. The command line maps each to one exit code, the server to one HTTP status.
enum class Fault {
  usage,        // the caller asked for something that cannot be (flag, configuration, policy)
  not_found,    // the target does not exist
  unavailable,  // a server, file system, database or kernel interface did not answer
  timeout,      // it did not answer in time
  refused,      // not allowed: credentials, permissions, capabilities
  malformed,    // the input is not what it claims to be
  limit,        // the input is larger, deeper or longer than the named limit
  unsupported,  // the input is recognised and not read (a format, a version)
  interrupted,  // a signal or a cancelled deadline
  internal,     // a bug of ours, or of a library
};

std::string_view name_of(Fault fault);

// One failure: what happened, where, and what to do about it. Rendered as one line:
//   outermost place: ...: innermost place: text; remedy
struct Error {
  Fault fault = Fault::internal;
  std::string text;                // a sentence without a full stop: "'}' expected"
  std::vector<std::string> place;  // outermost first: file, then JSON pointer or line and column
  std::string remedy;              // an imperative, may be empty: "run 'pratique db build --from PATH'"

  bool operator==(const Error&) const = default;

  // The same error as seen from further out: `outer` is put in front of the places.
  Error in(std::string outer) &&;
  Error remedied(std::string what_to_do) &&;
};

// One line, control characters escaped; never empty.
std::string render(const Error& error);

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  using error_type = Error;

  Result(const T& value) : state_(std::in_place_index<0>, value) {}
  Result(T&& value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & {
    check(has_value(), "value() of a failed Result");
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    check(has_value(), "value() of a failed Result");
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    check(has_value(), "value() of a failed Result");
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & {
    check(!has_value(), "error() of a good Result");
    return *std::get_if<1>(&state_);
  }
  const Error& error() const& {
    check(!has_value(), "error() of a good Result");
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    check(!has_value(), "error() of a good Result");
    return std::move(*std::get_if<1>(&state_));
  }

  template <class U>
  T value_or(U&& other) const& {
    return has_value() ? value() : static_cast<T>(std::forward<U>(other));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  using error_type = Error;

  Result() = default;
  Result(Error error) : error_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return error_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  Error& error() & {
    check(!has_value(), "error() of a good Result");
    return *std::get_if<1>(&error_);
  }
  const Error& error() const& {
    check(!has_value(), "error() of a good Result");
    return *std::get_if<1>(&error_);
  }
  Error&& error() && {
    check(!has_value(), "error() of a good Result");
    return std::move(*std::get_if<1>(&error_));
  }

 private:
  std::variant<std::monostate, Error> error_;
};

// Gives `return` an early way out: PRATIQUE_TRY(auto bill, read_bill(bytes));
#define PRATIQUE_CONCAT_(a, b) a##b
#define PRATIQUE_CONCAT(a, b) PRATIQUE_CONCAT_(a, b)
#define PRATIQUE_TRY_(var, expression, tmp)            \
  auto tmp = (expression);                             \
  if (!tmp.has_value()) return std::move(tmp).error(); \
  var = std::move(tmp).value()
#define PRATIQUE_TRY(var, ...) PRATIQUE_TRY_(var, (__VA_ARGS__), PRATIQUE_CONCAT(result_, __LINE__))
// The same where there is no value to take: PRATIQUE_DO(store.flush());
#define PRATIQUE_DO(...)                                                           \
  do {                                                                             \
    if (auto result_ = (__VA_ARGS__); !result_) return std::move(result_).error(); \
  } while (false)

}  // namespace pratique
