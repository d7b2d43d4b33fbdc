// A PostgreSQL of the test's own: made in a temporary folder, reached by a socket in it, gone with the process.
#pragma once

#include <cstdlib>
#include <string>

#include "world/store/test_store.h"

namespace pratique {

class TestPostgres {
 public:
  TestPostgres() {
    if (!std::filesystem::exists(binaries_ + "initdb")) return;
    // initdb and postgres refuse root.
    if (::geteuid() == 0 && std::system(("chown postgres '" + folder_.path("") + "'").c_str()) != 0) return;
    runs_ =
        run("initdb -D '" + data() + "' -U postgres -A trust -E UTF8 --locale=C --no-sync") && run(control("start"));
  }
  ~TestPostgres() {
    if (runs_) run(control("stop -m immediate"));
  }
  // The one of this process; started by whoever asks first. Empty address where PostgreSQL is not installed.
  static TestPostgres& instance() {
    static TestPostgres one;
    return one;
  }
  // A new, empty database; empty where there is no server.
  std::string new_database() {
    if (!runs_) return {};
    const std::string name = "store" + std::to_string(++databases_);
    if (!run("createdb -h '" + folder_.path("") + "' -U postgres " + name)) return {};
    return "postgresql://postgres@/" + name + "?host=" + folder_.path("");
  }
  std::string socket_folder() const { return folder_.path(""); }
  bool restart() { return run(control("restart -m immediate")); }
  bool sql(const std::string& url, const std::string& text) { return run("psql -q '" + url + "' -c \"" + text + "\""); }

 private:
  std::string data() const { return folder_.path("data"); }
  std::string control(const std::string& what) const {
    return "pg_ctl " + what + " -w -D '" + data() + "' -l '" + folder_.path("log") +
           "' -o \"-c listen_addresses='' -c fsync=off -k '" + folder_.path("") + "'\"";
  }
  bool run(const std::string& command) const {
    const std::string whole = binaries_ + command + " >/dev/null 2>&1";
    return std::system((::geteuid() == 0 ? "cd / && runuser -u postgres -- " + whole : whole).c_str()) == 0;
  }

  Folder folder_;
  std::string binaries_ = "/usr/lib/postgresql/15/bin/";
  bool runs_ = false;
  int databases_ = 0;
};

}  // namespace pratique
