#include "base/library.h"

#include <dlfcn.h>

namespace pratique {

Result<SharedLibrary> SharedLibrary::load(const std::string& file, const std::string& remedy) {
  void* const handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle != nullptr) return SharedLibrary(handle);
  const char* const why = ::dlerror();
  return Error{Fault::unavailable,
               file.substr(0, file.find('.')) + " cannot be loaded: " + (why != nullptr ? why : "unknown"),
               {},
               remedy};
}

void* SharedLibrary::symbol(const char* name) const { return ::dlsym(handle_, name); }

}  // namespace pratique
