// A shared library that is loaded when it is first needed: linked in, it and the tree of libraries behind it would cost
// every start of the program.
#pragma once

#include <string>

#include "base/result.h"

namespace pratique {

class SharedLibrary {
 public:
  // "libcurl.so.4": the name with the version of the interface. Stays loaded. Fault: unavailable.
  static Result<SharedLibrary> load(const std::string& file, const std::string& remedy);

  // False where the library has no such function.
  template <class Function>
  bool find(const char* name, Function& function) const {
    function = reinterpret_cast<Function>(symbol(name));
    return function != nullptr;
  }

 private:
  explicit SharedLibrary(void* handle) : handle_(handle) {}
  void* symbol(const char* name) const;
  void* handle_;
};

}  // namespace pratique
