#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

#include "base/text.h"

namespace pratique {
namespace {

struct Log {
  std::shared_ptr<spdlog::logger> logger =
      std::make_shared<spdlog::logger>("pratique", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  LogFormat format = LogFormat::text;
};

Log& the_log() {
  static Log log;
  return log;
}

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::off: return spdlog::level::off;
  }
  return spdlog::level::info;
}

}  // namespace

void configure_log(LogLevel level, LogFormat format) {
  auto& log = the_log();
  log.format = format;
  log.logger->set_level(level_of(level));
  log.logger->flush_on(spdlog::level::info);
  log.logger->set_pattern(
      format == LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})" : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
      spdlog::pattern_time_type::utc);
}

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  auto& log = the_log();
  if (!log.logger->should_log(level_of(level))) return;
  const bool json = log.format == LogFormat::json;
  std::string line = json ? "\"event\":" + json_quoted(event) : std::string(event);
  for (const auto& [key, value] : fields)
    line += json ? "," + json_quoted(key) + ":" + json_quoted(value) : " " + std::string(key) + "=" + printable(value);
  log.logger->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace pratique
