#include "app/cli/output.h"

#include <istream>
#include <ostream>

#include "app/render/yaml.h"
#include "base/text.h"
#include "world/file/file.h"

namespace pratique {

Result<void> write_outputs(const Invocation& invocation, Console& console,
                           const std::function<Result<std::string>(const std::string& format)>& make) {
  for (const auto& output : invocation.all("output")) {
    const auto equals = output.find('=');
    const std::string format = output.substr(0, equals);
    PRATIQUE_TRY(std::string text, make(format == "yaml" ? "json" : format));
    if (format == "yaml") text = render_yaml(text);
    if (equals == std::string::npos) {
      console.out << text;
    } else {
      PRATIQUE_DO(replace_file(output.substr(equals + 1), text));
    }
  }
  return {};
}

int answer_lines(Console& console, const std::function<Result<std::string>(std::string_view line)>& answer) {
  constexpr std::size_t longest = std::size_t{1} << 20;
  for (std::string line; std::getline(console.in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    const auto text = line.size() <= longest
                          ? answer(line)
                          : Result<std::string>(Error{Fault::limit, "the line is over 1 MiB", {}, {}});
    console.out << (text ? *text : "! " + render(text.error())) << '\n';
  }
  return exit_code::ok;
}

Look look_of(const Invocation& invocation, const Console& console) {
  return {.color = console.color, .headers = !invocation.flag("no-headers")};
}

void note(Console& console, const std::string& line) {
  if (!console.quiet) console.err << printable(line) << '\n';
}

ProgressBar::ProgressBar(Console& console, std::string what)
    : console_(console), what_(std::move(what)), started_(console.clock()) {}

void ProgressBar::show(std::uint64_t done, std::uint64_t total, const std::string& more) {
  using namespace std::chrono_literals;
  if (!console_.progress) return;
  const Time now = console_.clock();
  if (now - started_ < 300ms || now - drawn_ < 100ms) return;
  drawn_ = now;
  visible_ = true;
  constexpr std::uint64_t width = 30;
  std::string line = "\r\x1b[K" + what_ + " ";
  const auto elapsed = static_cast<std::uint64_t>((now - started_).count());
  if (total > 0) {
    const auto filled = static_cast<std::size_t>(width * done / total);
    line += "[" + std::string(filled, '#') + std::string(width - filled, '.') + "] " + with_commas(done) + " of " +
            with_commas(total);
    if (done > 0) line += ", " + std::to_string(elapsed * (total - done) / done / 1000 + 1) + " s left";
  } else {
    line += with_commas(done);
  }
  if (elapsed > 0) line += ", " + with_commas(done * 1000 / elapsed) + "/s";
  if (!more.empty()) line += ", " + printable(more);
  console_.err << line << std::flush;
}

void ProgressBar::finish() {
  if (visible_) console_.err << "\r\x1b[K" << std::flush;
  visible_ = false;
}

}  // namespace pratique
