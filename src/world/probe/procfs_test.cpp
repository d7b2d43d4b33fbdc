#include "world/probe/procfs.h"

#include <gtest/gtest.h>

namespace pratique {
namespace {

using std::string;

const string id64(64, 'a'), other64(64, 'b');
const string uid = "0a1b2c3d-1111-2222-3333-444455556666", uid_ = "0a1b2c3d_1111_2222_3333_444455556666";

TEST(FdInfoTest, ReadsWhatTheKernelPrintsForEachKind) {
  const auto prog = parse_fdinfo(
      "pos:\t0\nflags:\t02000002\nmnt_id:\t15\nino:\t1057\nprog_type:\t6\nprog_jited:\t1\nprog_tag:\t3b185187f1855c4c\n"
      "memlock:\t4096\nprog_id:\t9\nrun_time_ns:\t0\nrun_cnt:\t0\nrecursion_misses:\t0\nverified_insns:\t2\n");
  EXPECT_EQ(prog.prog_id, 9u);
  EXPECT_EQ(prog.prog_type, 6u);
  EXPECT_EQ(prog.prog_tag, "3b185187f1855c4c");
  EXPECT_EQ(prog.mnt_id, 15u);
  EXPECT_FALSE(prog.map_id || prog.link_id);

  const auto map =
      parse_fdinfo("map_type:\t2\nkey_size:\t4\nvalue_size:\t8\nmax_entries:\t3\nmap_flags:\t0x400\nmap_id:\t7\n");
  EXPECT_EQ(map.map_id, 7u);
  EXPECT_EQ(map.map_flags, 0x400u);
  EXPECT_EQ(map.max_entries, 3u);

  const auto link = parse_fdinfo("link_type:\traw_tracepoint\nlink_id:\t4\nprog_tag:\t3b185187f1855c4c\nprog_id:\t9\n");
  EXPECT_EQ(link.link_id, 4u);
  EXPECT_EQ(link.prog_id, 9u);
  EXPECT_EQ(link.link_type, "raw_tracepoint");
  EXPECT_EQ(parse_fdinfo("btf_id:\t12\n").btf_id, 12u);
  EXPECT_EQ(parse_fdinfo("scm_fds: 1\n").scm_fds, 1u);
}

TEST(FdInfoTest, APathWithLineEndsCannotAddNumbers) {
  const auto link =
      parse_fdinfo("link_type:\tuprobe_multi\nlink_id:\t4\nprog_id:\t9\npath:\t/tmp/x\nlink_id:\t1\nprog_id:\t2\n");
  EXPECT_EQ(link.link_id, 4u);
  EXPECT_EQ(link.prog_id, 9u);
}

TEST(FdInfoTest, SkipsWhatIsNoNumber) {
  for (const string text : {"", "\n\n", "prog_id", "prog_id:", "prog_id:\t-1", "prog_id:\t4294967296", "prog_id:\t1x",
                            "prog_tag:\tzz185187f1855c4c", "prog_tag:\t3b", "map_flags:\t0x"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(parse_fdinfo(text), FdInfo{});
  }
}

TEST(MountInfoTest, ReadsLinesAndUndoesEscapes) {
  const auto mounts = parse_mountinfo(
      "22 27 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw\n"
      "33 22 0:30 /sub\\040dir /sys/fs/bpf\\011x\\134y rw master:1 propagate_from:2 - bpf none rw,mode=700\n"
      "not a line\n"
      "34 22 0:4 mnt:[4026532008] /run/keep rw - nsfs nsfs rw\n"
      "35 22 0:31 / /no/separator rw bpf none rw\n");
  ASSERT_EQ(mounts.size(), 3u);
  EXPECT_EQ(mounts[0], (Mount{22, 27, "0:20", "/", "/sys", "sysfs"}));
  EXPECT_EQ(mounts[1], (Mount{33, 22, "0:30", "/sub dir", "/sys/fs/bpf\tx\\y", "bpf"}));
  EXPECT_EQ(mounts[2].root, "mnt:[4026532008]");
}

TEST(MountInfoTest, AMountThatIsCoveredCannotBeReached) {
  const string base =
      "1 0 8:1 / / rw - ext4 a rw\n2 1 0:20 / /sys rw - sysfs a rw\n3 2 0:30 / /sys/fs/bpf rw - bpf a rw\n";
  const struct {
    string more;
    bool reachable;
  } cases[] = {
      {"", true},
      {"4 3 0:31 / /sys/fs/bpf rw - tmpfs over rw\n", false},  // on top of it
      {"4 2 0:31 / /sys/fs rw - tmpfs over rw\n", false},      // on a folder above it
      {"4 2 0:31 / /sys rw - tmpfs over rw\n", false},         // on the mount it hangs on
      {"4 1 0:31 / /tmp rw - tmpfs beside rw\n", true},
      {"4 3 0:31 / /sys/fs/bpf/below rw - tmpfs below rw\n", true},
      {"4 2 0:31 / /sys/fs/bpf2 rw - tmpfs alike rw\n", true},  // a longer name, not a folder above
  };
  for (const auto& [more, reachable] : cases) {
    SCOPED_TRACE(more);
    EXPECT_EQ(is_reachable(parse_mountinfo(base + more), 2), reachable);
  }
}

TEST(MountInfoTest, SurvivesALoopOfParents) {
  const auto mounts = parse_mountinfo("1 2 0:1 / /a rw - bpf a rw\n2 1 0:2 / /b rw - bpf a rw\n");
  EXPECT_FALSE(crosses_network(mounts, 0));
  EXPECT_TRUE(is_reachable(mounts, 0));
}

TEST(MountInfoTest, KnowsFileSystemsThatMayHang) {
  for (const string type : {"nfs4", "cifs", "fuse.sshfs", "ceph", "9p"}) {
    SCOPED_TRACE(type);
    const auto mounts = parse_mountinfo("1 0 8:1 / / rw - ext4 a rw\n2 1 0:9 / /far rw - " + type +
                                        " a rw\n3 2 0:30 / /far/bpf rw - bpf a rw\n4 1 0:31 / /near rw - bpf a rw\n");
    EXPECT_TRUE(crosses_network(mounts, 2));
    EXPECT_FALSE(crosses_network(mounts, 3));
  }
}

TEST(CgroupTest, KnowsTheSpellingsOfEveryRuntime) {
  const struct {
    string path, container, pod;
  } cases[] = {
      // systemd driver: containerd, CRI-O, Docker; guaranteed, burstable and best-effort
      {"/kubepods.slice/kubepods-pod" + uid_ + ".slice/cri-containerd-" + id64 + ".scope", id64, uid},
      {"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + uid_ + ".slice/crio-" + id64 + ".scope",
       id64, uid},
      {"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" + uid_ + ".slice/docker-" + id64 + ".scope",
       id64, uid},
      {"/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" + uid_ + ".slice/cri-containerd-" + id64 + ".scope",
       id64, uid},
      {"/kubepods.slice/kubepods-pod" + uid_ + ".slice/crio-" + id64 + ".scope/container", id64, uid},
      // cgroupfs driver, and the raw spelling of systemd's triple
      {"/kubepods/besteffort/pod" + uid + "/" + id64, id64, uid},
      {"/kubepods/pod" + uid + "/" + id64 + "/init.scope", id64, uid},
      {"/system.slice/containerd.service/kubepods-besteffort-pod" + uid_ + ".slice:cri-containerd:" + id64, id64, uid},
      // a static pod has a hash for its uid
      {"/kubepods/burstable/pod0123456789abcdef0123456789abcdef/" + id64, id64, "0123456789abcdef0123456789abcdef"},
      // containers outside Kubernetes
      {"/docker/" + id64, id64, ""},
      {"/system.slice/docker-" + id64 + ".scope", id64, ""},
      {"/machine.slice/libpod-" + id64 + ".scope/container", id64, ""},
      // the monitor is in the pod and not in the container
      {"/kubepods.slice/kubepods-pod" + uid_ + ".slice/crio-conmon-" + id64 + ".scope", "", uid},
      // a cluster inside a container; a container inside a pod's container
      {"/docker/" + other64 + "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" + uid_ +
           ".slice/cri-containerd-" + id64 + ".scope",
       id64, uid},
      {"/kubepods/pod" + uid + "/" + id64 + "/docker/" + other64, id64, uid},
      // what a pod may name its own cgroups does not make it another pod
      {"/kubepods/pod" + uid + "/" + id64 + "/kubepods/podffffffff-1111-2222-3333-444455556666/" + other64, id64, uid},
      // no containers
      {"/", "", ""},
      {"/user.slice/user-1000.slice/session-3.scope", "", ""},
      {"/system.slice/podman.service", "", ""},
      {"/pod" + uid + "/" + id64.substr(1), "", ""},
      {"/kubepods/podshort/" + id64.substr(0, 63) + "z", "", ""},
  };
  for (const auto& [path, container, pod] : cases) {
    SCOPED_TRACE(path);
    const auto place = parse_cgroup("0::" + path + "\n");
    EXPECT_EQ(place.container, container);
    EXPECT_EQ(place.pod, pod);
    EXPECT_EQ(place.path, path);
  }
}

TEST(CgroupTest, TakesTheHierarchyThatTells) {
  const auto place = parse_cgroup("5:memory:/kubepods/pod" + uid + "/" + id64 + "\n1:name=systemd:/\n0::/\n");
  EXPECT_EQ(place.pod, uid);
  EXPECT_EQ(place.container, id64);
  EXPECT_EQ(place.path, "/");
  EXPECT_EQ(parse_cgroup(""), CgroupPlace{});
  EXPECT_EQ(parse_cgroup("garbage\n::\n").pod, "");
}

TEST(MapsTest, FindsMappingsOfEbpfMaps) {
  EXPECT_EQ(parse_mapped_bpf_maps("7f0000000000-7f0000001000 rw-s 00000000 00:0f 1057   anon_inode:bpf-map\n"
                                  "7f0000002000-7f0000005000 r--s 00001000 00:0f 1057   anon_inode:bpf-map\n"
                                  "7f0000006000-7f0000007000 rw-p 00000000 00:00 0 [heap]\n"
                                  "7f0000009000-7f0000008000 rw-s 00000000 00:0f 1057   anon_inode:bpf-map\n"
                                  "zz anon_inode:bpf-map\n"),
            (std::vector<std::uint64_t>{0x1000, 0x3000}));
}

TEST(NamespaceLinkTest, TakesOneKindOnly) {
  EXPECT_EQ(parse_namespace_link("net:[4026531840]", "net"), 4026531840u);
  for (const string text : {"mnt:[4026531840]", "net:[]", "net:[1", "net", "", "net:[1]x", "network:[1]"})
    EXPECT_FALSE(parse_namespace_link(text, "net")) << text;
}

}  // namespace
}  // namespace pratique
