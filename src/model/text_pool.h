// TextPool: owns the texts that std::string_views point to, for as long as the Bill or the reading lasts.
// Append only: what was kept never moves. Not thread safe while texts are added.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

namespace pratique {

class TextPool {
 public:
  std::string_view keep(std::string_view text);  // a copy; equal texts given one after another are kept once
  void adopt(std::shared_ptr<const void> owner) { adopted_.push_back(std::move(owner)); }  // keeps foreign bytes alive

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<std::shared_ptr<const void>> adopted_;
  std::size_t used_ = 0;
  std::size_t capacity_ = 0;
  std::string_view last_;
};

}  // namespace pratique
