// The log: one line an event on stderr, text or JSON. Configured once by app/; engine/ never logs.
// Every value is made printable first. Thread safe.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

namespace pratique {

enum class LogLevel { debug, info, warn, error, off };
enum class LogFormat { text, json };

void configure_log(LogLevel level, LogFormat format);

using LogField = std::pair<std::string_view, std::string_view>;
// `event` is a constant sentence; what varies goes into the fields.
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace pratique
