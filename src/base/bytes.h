// Bytes: a document in memory, with the padding that the JSON reader needs behind its end.
// Move-only; never resized after it was made. The 64 bytes behind size() are allocated and zero.
#pragma once

#include <cstring>
#include <memory>
#include <string_view>

namespace pratique {

class Bytes {
 public:
  static constexpr std::size_t padding = 64;

  Bytes() : Bytes(0) {}
  explicit Bytes(std::size_t size) : data_(new char[size + padding]), size_(size) {
    std::memset(data_.get() + size, 0, padding);
  }
  static Bytes copy_of(std::string_view text) {
    Bytes bytes(text.size());
    if (!text.empty()) std::memcpy(bytes.data(), text.data(), text.size());
    return bytes;
  }

  char* data() { return data_.get(); }
  std::size_t size() const { return size_; }
  std::string_view view() const { return {data_.get(), size_}; }
  void shrink(std::size_t size) {  // to fewer bytes, when less was read than announced
    if (size >= size_) return;
    size_ = size;
    std::memset(data_.get() + size, 0, padding);
  }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_;
};

}  // namespace pratique
