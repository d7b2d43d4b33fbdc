// A TLS client for tests, as rude as they need: it sends any bytes at all, and waits at most twenty seconds for any.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/text.h"

namespace pratique {

struct Reply {
  unsigned status = 0;  // 0: the connection ended before an answer came
  std::string head;     // with its last CRLF, names in lower case
  std::string body;
  std::string header(std::string_view name) const {
    const auto at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return {};
    const auto start = at + name.size() + 4;
    return head.substr(start, head.find("\r\n", start) - start);
  }
};

inline sockaddr_in local_address(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Whether anybody listens there.
inline bool can_connect(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = local_address(port);
  const bool connected = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return connected;
}

// A self-signed certificate for a client, in PATH.crt and PATH.key, good for an hour.
inline void make_client_certificate(const std::string& common_name, const std::string& path) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 7);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common_name.c_str()), -1,
                             -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key.get());
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new_file((path + ".crt").c_str(), "w"), BIO_free_all);
  PEM_write_bio_X509(out.get(), certificate.get());
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> secret(BIO_new_file((path + ".key").c_str(), "w"), BIO_free_all);
  PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

class TlsClient {
 public:
  // With `ca_file` the server's certificate must lead to one in it and be for 127.0.0.1. With `own` the client shows
  // own.crt, whose key is own.key.
  explicit TlsClient(std::uint16_t port, const std::string& ca_file = {}, const std::string& own = {}) {
    std::signal(SIGPIPE, SIG_IGN);
    connect_to(port);
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (!ca_file.empty()) {
      SSL_CTX_load_verify_locations(context_.get(), ca_file.c_str(), nullptr);
      SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    }
    if (!own.empty()) {
      SSL_CTX_use_certificate_file(context_.get(), (own + ".crt").c_str(), SSL_FILETYPE_PEM);
      SSL_CTX_use_PrivateKey_file(context_.get(), (own + ".key").c_str(), SSL_FILETYPE_PEM);
    }
    ssl_.reset(SSL_new(context_.get()));
    if (!ca_file.empty()) X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), "127.0.0.1");
    SSL_set_fd(ssl_.get(), socket_);
    connected_ = SSL_connect(ssl_.get()) == 1;
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  ~TlsClient() { ::close(socket_); }

  bool connected() const { return connected_; }
  SSL* ssl() { return ssl_.get(); }
  int socket() const { return socket_; }

  // Serial number of the server's certificate, in hex.
  std::string certificate() {
    const std::unique_ptr<X509, decltype(&X509_free)> peer(SSL_get1_peer_certificate(ssl_.get()), X509_free);
    if (!peer) return {};
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(
        ASN1_INTEGER_to_BN(X509_get0_serialNumber(peer.get()), nullptr), BN_free);
    char* hex = BN_bn2hex(number.get());
    std::string text = hex;
    OPENSSL_free(hex);
    return text;
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const int sent =
          SSL_write(ssl_.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)));
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // One answer to a request other than HEAD.
  Reply receive() {
    while (pending_.find("\r\n\r\n") == std::string::npos)
      if (!receive_more()) return {};
    Reply reply;
    reply.head = take(pending_.find("\r\n\r\n") + 2);
    take(2);
    for (auto& c : reply.head) c = lower(c);
    reply.status = static_cast<unsigned>(std::atoi(reply.head.c_str() + 9));
    const auto length = static_cast<std::size_t>(std::atoll(reply.header("content-length").c_str()));
    if (reply.status == 100) return receive();
    while (pending_.size() < length)
      if (!receive_more()) return {};
    reply.body = take(length);
    return reply;
  }

  Reply ask(std::string_view method, std::string_view target, std::string_view body = {}, std::string_view more = {}) {
    std::string request(method);
    request.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(more);
    if (!body.empty() || method == "POST") request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    request.append("\r\n").append(body);
    return send(request) ? receive() : Reply{};
  }

  // Whatever comes next; empty at the end.
  std::string receive_some() { return !pending_.empty() || receive_more() ? take(pending_.size()) : std::string(); }

  // Whether the server has closed its end; what it sent before is thrown away.
  bool closed() {
    while (receive_more()) {
    }
    const int reason = SSL_get_error(ssl_.get(), last_);
    return reason == SSL_ERROR_ZERO_RETURN || (reason == SSL_ERROR_SYSCALL && errno != EAGAIN) ||
           reason == SSL_ERROR_SSL;
  }

 private:
  void connect_to(std::uint16_t port) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto address = local_address(port);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  bool receive_more() {
    char bytes[16 << 10];
    last_ = SSL_read(ssl_.get(), bytes, sizeof bytes);
    if (last_ <= 0) return false;
    pending_.append(bytes, static_cast<std::size_t>(last_));
    return true;
  }

  std::string take(std::size_t size) {
    std::string front = pending_.substr(0, size);
    pending_.erase(0, size);
    return front;
  }

  int socket_ = -1;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
  bool connected_ = false;
  int last_ = 0;
  std::string pending_;
};

}  // namespace pratique
