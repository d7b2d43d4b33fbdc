#include "world/http/certificate.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>

#include "base/text.h"
#include "world/http/http.h"

namespace pratique {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* value) const {
    release(value);
  }
};
using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>>;
using GeneralNames = std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>>;

constexpr off_t pem_limit = 1 << 20;

// What OpenSSL remembers of this thread's failures, emptied.
std::string openssl_reason() {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  return reason != nullptr ? reason : "no reason given";
}

Error file_error(const std::string& path, const std::string& what, int number) {
  const Fault fault = number == ENOENT || number == ENOTDIR ? Fault::not_found
                      : number == EACCES || number == EPERM ? Fault::refused
                                                            : Fault::unavailable;
  return Error{fault, what + ": " + std::strerror(number), {path}, ""};
}

class File {  // an open descriptor
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Result<std::string> read_pem(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat about {};
  if (file.get() < 0 || ::fstat(file.get(), &about) != 0) return file_error(path, "cannot be read", errno);
  if (!S_ISREG(about.st_mode)) return Error{Fault::malformed, "is not a file", {path}, "name a PEM file"};
  if (about.st_size > pem_limit) return Error{Fault::malformed, "is larger than 1 MiB", {path}, "name a PEM file"};
  std::string text(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const auto count = ::read(file.get(), text.data() + filled, text.size() - filled);
    if (count < 0 && errno != EINTR) return file_error(path, "cannot be read", errno);
    if (count == 0) break;
    if (count > 0) filled += static_cast<std::size_t>(count);
  }
  text.resize(filled);
  return text;
}

Bio memory_of(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

int no_passphrase(char*, int, int, void*) { return 0; }

Result<void> use_chain(SSL_CTX* context, const std::string& path) {
  PRATIQUE_TRY(const auto text, read_pem(path));
  const auto memory = memory_of(text);
  const Certificate leaf(PEM_read_bio_X509_AUX(memory.get(), nullptr, no_passphrase, nullptr));
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1)
    return Error{Fault::malformed,
                 "holds no certificate that can be used (" + openssl_reason() + ")",
                 {path},
                 "give a PEM file that begins with the server's certificate"};
  SSL_CTX_clear_chain_certs(context);
  while (X509* issuer = PEM_read_bio_X509(memory.get(), nullptr, no_passphrase, nullptr))
    if (SSL_CTX_add0_chain_cert(context, issuer) != 1) {
      X509_free(issuer);
      return Error{Fault::malformed, "holds a chain that cannot be used (" + openssl_reason() + ")", {path}, ""};
    }
  const bool at_the_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const auto reason = openssl_reason();
  if (!at_the_end)
    return Error{Fault::malformed, "holds a chain that cannot be read (" + reason + ")", {path}, "write the file anew"};
  return {};
}

Result<void> use_key(SSL_CTX* context, const std::string& path, const std::string& certificate_file) {
  PRATIQUE_TRY(auto text, read_pem(path));
  const Key key(PEM_read_bio_PrivateKey(memory_of(text).get(), nullptr, no_passphrase, nullptr));
  const bool encrypted = text.find("ENCRYPTED") != std::string::npos;
  OPENSSL_cleanse(text.data(), text.size());
  if (!key && encrypted)
    return Error{Fault::malformed, "holds a key under a passphrase", {path}, "give a key without one"};
  if (!key)
    return Error{Fault::malformed,
                 "holds no private key (" + openssl_reason() + ")",
                 {path},
                 "give the certificate's key as PEM"};
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    ERR_clear_error();
    return Error{Fault::malformed,
                 "the key does not belong to the certificate " + certificate_file,
                 {path},
                 "give the pair that was made together"};
  }
  return {};
}

// Beside the file first: no reader ever sees half a key, and the mode is there before the first byte is.
Result<void> write_pem(const std::string& path, mode_t mode, const Bio& content) {
  const auto beside = path + "." + std::to_string(::getpid()) + ".new";
  const File file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (file.get() < 0) return file_error(path, "cannot be written", errno);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(content.get(), &data);
  const bool written = ::write(file.get(), data, static_cast<std::size_t>(size)) == size && ::fsync(file.get()) == 0 &&
                       ::rename(beside.c_str(), path.c_str()) == 0;
  if (written) return {};
  const int number = errno;
  ::unlink(beside.c_str());
  return file_error(path, "cannot be written", number);
}

bool add_name(GENERAL_NAMES* names, const std::string& host) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  if (ASN1_OCTET_STRING* address = a2i_IPADDRESS(host.c_str())) {
    GENERAL_NAME_set0_value(name, GEN_IPADD, address);
  } else {
    ASN1_IA5STRING* text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, host.data(), static_cast<int>(host.size()));
    GENERAL_NAME_set0_value(name, GEN_DNS, text);
  }
  ERR_clear_error();
  return sk_GENERAL_NAME_push(names, name) > 0;
}

bool add_extension(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_names(X509* certificate, const std::string& host) {
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* common_name = reinterpret_cast<const unsigned char*>("pratique");
  if (X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) != 1) return false;
  const GeneralNames names(sk_GENERAL_NAME_new_null());
  std::vector<std::string> hosts{"localhost", "127.0.0.1", "::1"};
  if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) hosts.push_back(host);
  for (const auto& one : hosts)
    if (!add_name(names.get(), one)) return false;
  return X509_set_issuer_name(certificate, name) == 1 &&
         X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, 0) == 1;
}

bool set_serial_and_time(X509* certificate, Time now) {
  unsigned char serial[16];
  if (RAND_bytes(serial, sizeof serial) != 1) return false;
  serial[0] &= 0x7f;  // positive (RFC 5280, section 4.1.2.2)
  BIGNUM* number = BN_bin2bn(serial, sizeof serial, nullptr);
  const bool numbered = number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  // An hour back: the clocks of a cluster differ.
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return numbered && ASN1_TIME_set(X509_getm_notBefore(certificate), seconds - 3600) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), seconds + 365 * 86400L) != nullptr;
}

Certificate self_signed(EVP_PKEY* key, const std::string& host, Time now) {
  Certificate certificate(X509_new());
  X509* raw = certificate.get();
  const bool made = raw != nullptr && X509_set_version(raw, X509_VERSION_3) == 1 && set_serial_and_time(raw, now) &&
                    X509_set_pubkey(raw, key) == 1 && set_names(raw, host) &&
                    add_extension(raw, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(raw, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(raw, NID_ext_key_usage, "serverAuth") &&
                    add_extension(raw, NID_subject_key_identifier, "hash") && X509_sign(raw, key, EVP_sha256()) > 0;
  return made ? std::move(certificate) : nullptr;
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned size, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  auto* chosen = const_cast<unsigned char**>(out);
  return SSL_select_next_proto(chosen, out_size, ours, sizeof ours - 1, offered, size) == OPENSSL_NPN_NEGOTIATED
             ? SSL_TLSEXT_ERR_OK
             : SSL_TLSEXT_ERR_NOACK;
}

bool is_host(const std::string& host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == ':' || c == '*' || c == '_';
  });
}

}  // namespace

Result<void> configure_tls(ssl_ctx_st* context, const std::string& certificate_file, const std::string& key_file) {
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // 34 KB less for each connection at rest
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  PRATIQUE_DO(use_chain(context, certificate_file));
  return use_key(context, key_file, certificate_file);
}

Result<void> ask_for_certificates(ssl_ctx_st* context, const std::string& ca_file) {
  PRATIQUE_TRY(const auto text, read_pem(ca_file));
  const auto memory = memory_of(text);
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  std::size_t count = 0;
  while (const Certificate authority{PEM_read_bio_X509(memory.get(), nullptr, no_passphrase, nullptr)}) {
    if (X509_STORE_add_cert(store, authority.get()) != 1 || SSL_CTX_add_client_CA(context, authority.get()) != 1)
      return Error{
          Fault::malformed, "holds a certificate that cannot be used (" + openssl_reason() + ")", {ca_file}, ""};
    ++count;
  }
  ERR_clear_error();
  if (count == 0) return Error{Fault::malformed, "holds no certificate", {ca_file}, "give the clients' CA as PEM"};
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });  // judged after the handshake
  SSL_CTX_set_purpose(context, X509_PURPOSE_SSL_CLIENT);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 0);
  return {};
}

std::optional<ClientCertificate> trusted_certificate(ssl_st* connection) {
  const X509* certificate = SSL_get0_peer_certificate(connection);
  if (certificate == nullptr || SSL_get_verify_result(connection) != X509_V_OK) return std::nullopt;
  ClientCertificate found;
  const Bio memory(BIO_new(BIO_s_mem()));
  constexpr unsigned long as_rfc4514 = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
  X509_NAME_print_ex(memory.get(), X509_get_subject_name(certificate), 0, as_rfc4514);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &text);
  found.subject.assign(text, static_cast<std::size_t>(size));
  const GeneralNames names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    if (type != GEN_DNS && type != GEN_URI) continue;
    const auto* name = static_cast<const ASN1_IA5STRING*>(value);
    found.names.push_back((type == GEN_DNS ? "dns:" : "uri:") +
                          std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name)),
                                      static_cast<std::size_t>(ASN1_STRING_length(name))));
  }
  return found;
}

Time expiry_of(ssl_ctx_st* context) {
  const X509* certificate = SSL_CTX_get0_certificate(context);
  std::tm end{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return {};
  return Time(std::chrono::seconds(timegm(&end)));
}

Result<void> make_self_signed_certificate(const std::string& host, const std::string& certificate_file,
                                          const std::string& key_file, Time now) {
  if (!is_host(host))
    return Error{Fault::usage, "'" + printable(host) + "' is no host name", {}, "give a DNS name or an IP address"};
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate = key ? self_signed(key.get(), host, now) : nullptr;
  const Bio key_text(BIO_new(BIO_s_mem()));
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  if (!certificate || PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1)
    return Error{Fault::internal, "OpenSSL made no certificate: " + openssl_reason(), {certificate_file}, ""};
  PRATIQUE_DO(write_pem(key_file, 0600, key_text));
  return write_pem(certificate_file, 0644, certificate_text);
}

}  // namespace pratique
