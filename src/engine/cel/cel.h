// The Common Expression Language: parse, check, plan, evaluate. Pure.
//
//     PRATIQUE_TRY(const auto environment, Environment::make({.variables = {{"object", {}}}}));   // {} is the type dyn
//     PRATIQUE_TRY(const auto program, compile("object.spec.replicas <= 5", environment));
//     Bindings bindings(environment);
//     bindings.set("object", document);                       // a Value, lazy or made in an Arena
//     Evaluator evaluator;                                    // one for each thread, used again and again
//     PRATIQUE_TRY(const auto value, evaluator.run(program, bindings));
//
// Follows the language definition of cel-spec and, for the extensions, cel-go and Kubernetes (docs/cel.md lists every
// function). Zones of time come in as a function, everything else that changes as a variable.
// An Environment and a Program are immutable and thread safe; an Environment outlives its Programs.
//
// The surprise: an error is a value while an expression runs. `false && 1/0 > 0` is false, and `x.all(...)` may be
// false although some element failed. Only what ends up as the result is an error; over a limit or cancelled nothing
// absorbs it.
//
// How it works: the parser (recursive descent, macros expanded as they are read) makes a tree; the checker resolves
// names and types over it, gradually: what is dyn is decided by the values. The tree becomes a flat vector of nodes
// with numbered slots, constants folded, constant patterns compiled; evaluating walks that without allocating. Values
// are 16 bytes and borrow; what an expression makes lies in the Evaluator's arena, and loops give back what an element
// took.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/cel/declarations.h"
#include "engine/cel/issue.h"
#include "engine/cel/type.h"
#include "engine/cel/value.h"

namespace pratique::cel {

struct EnvironmentData;

class Environment {
 public:
  // The standard library and all extensions, and these. Fault: usage (a signature or a name that cannot be).
  static Result<Environment> make(Declarations declarations);
  Environment(Environment&&) noexcept;
  Environment& operator=(Environment&&) noexcept;
  ~Environment();

  const std::vector<Variable>& variables() const;
  std::optional<std::uint32_t> find_variable(std::string_view name) const;  // its number, which is its place above
  std::vector<std::string> functions() const;                               // every signature, sorted

  const EnvironmentData& data() const { return *data_; }  // the module's own

 private:
  explicit Environment(std::unique_ptr<EnvironmentData> data);
  std::unique_ptr<EnvironmentData> data_;
};

struct CompileOptions {
  std::size_t bytes = 100'000;  // of the expression
  std::uint16_t depth = 200;    // nesting, and operators of one precedence in a row
  std::size_t nodes = 50'000;   // after the macros
  bool checked = true;          // false: what the checker finds becomes an error where it is reached, or none at all
};

struct Range {
  std::uint64_t least = 0, most = 0;
  bool operator==(const Range&) const = default;
};
// How many elements or bytes the value at a path ("object.spec.containers", "object.spec.containers[].image") has.
using SizeHint = std::function<std::optional<Range>(std::string_view path)>;

struct Plan;

class Program {
 public:
  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;
  ~Program();

  const std::string& expression() const;
  const Type& type() const;                      // dyn where it is not known
  std::vector<std::uint32_t> variables() const;  // the numbers of those it reads
  // What a run can cost, in the units of Budget::cost; UINT64_MAX where nothing bounds it.
  Range estimate_cost(const SizeHint& hint = {}) const;

  const Plan& plan() const { return *plan_; }  // the module's own
  explicit Program(std::unique_ptr<const Plan> plan);

 private:
  std::unique_ptr<const Plan> plan_;
};

// Fault: malformed (place is {"line:column"}), limit. The first of find_issues().
Result<Program> compile(std::string_view expression, const Environment& environment,
                        const CompileOptions& options = {});
// Everything the parser or the checker finds, in the order of the text, 20 at most; none: it compiles.
std::vector<Issue> find_issues(std::string_view expression, const Environment& environment,
                               const CompileOptions& options = {});

// Where a running program's variables come from.
class Activation {
 public:
  virtual ~Activation() = default;
  // Asked each time the program reads it; absent: not bound. `variable` is its number in the environment.
  virtual Value value_of(std::uint32_t variable) const = 0;
};

class Bindings final : public Activation {
 public:
  explicit Bindings(const Environment& environment);
  void set(std::string_view name, Value value);  // a name that is not declared is a bug of the caller
  Value value_of(std::uint32_t variable) const override { return values_[variable]; }

 private:
  const Environment& environment_;
  std::vector<Value> values_;
};

// What a run may take. Cost is counted as cel-go and Kubernetes count it: 1 for a field or a call, more by the size of
// what it reads; a validation rule of Kubernetes may cost 10,000,000.
struct Budget {
  std::uint64_t cost = 10'000'000;
  std::size_t bytes = std::size_t{16} << 20;  // of the values it makes
  std::function<bool()> cancelled;            // asked every 10,000 units of cost or so; may be empty
};

struct Run;

// Memory for running programs: one for each thread.
class Evaluator {
 public:
  Evaluator();
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;
  ~Evaluator();

  // The value is valid until the next run, what it borrows from the bindings as long as that. Fault: malformed (the
  // expression failed on this input; place is {"line:column"}), limit, interrupted.
  Result<Value> run(const Program& program, const Activation& activation, const Budget& budget = {});
  std::uint64_t cost() const;  // of the last run
  const Issue& issue() const;  // of the last run that failed: what its Error says, with the place to point at

 private:
  std::unique_ptr<Run> run_;
};

// What a host function may use while it is called.
class Call {
 public:
  Arena& arena();
  const Activation& activation() const;
  // More cost than the function's own. False: over the limit; return whatever, the run is over.
  bool charge(std::uint64_t cost);
  Value fail(std::string_view text, Value about = {});  // copies the text; `about` is shown behind it

 protected:
  explicit Call(Run& run) : run_(run) {}
  ~Call() = default;
  Run& run_;
};

}  // namespace pratique::cel
