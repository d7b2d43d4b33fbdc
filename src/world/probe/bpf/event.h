/* What the programs that watch bpf() write: shared by them and the probe. */
#ifndef PRATIQUE_PROBE_EVENT_H
#define PRATIQUE_PROBE_EVENT_H

/* `kind` of an event: what its id is of. */
enum EventKind { event_nothing, event_prog, event_map, event_link, event_btf };

/* `command` of an event that no bpf() call made: an object was given up. */
#define EVENT_FREED 1000

#define EVENT_NAME 16
#define EVENT_PARTS 5
#define EVENT_PART 96
#define EVENT_TEXT 96
#define EVENT_ATTR 128

/* Names on the way up from a file or cgroup, the last one first; an empty one ends it. */
struct EventPath {
  char part[EVENT_PARTS][EVENT_PART];
};

struct Event {
  unsigned long long at; /* nanoseconds since boot */
  unsigned int pid, tid, uid;
  unsigned int command; /* of bpf() */
  int result;           /* of bpf(): 0 or a descriptor, or an error as a negative number */
  unsigned int kind, id, type;
  unsigned int prog; /* of a link, or the program that an attachment is about */
  unsigned char tag[8];
  char comm[EVENT_NAME];
  char name[EVENT_NAME];
  unsigned int unfinished;        /* 1: seen on its way in, by a caller inside the kernel; the result is not known */
  unsigned int has_attr;          /* 1: `attr` was readable */
  unsigned char attr[EVENT_ATTR]; /* the front of union bpf_attr */
  char text[EVENT_TEXT];          /* the path of a pin, the name of a raw tracepoint */
  struct EventPath exe, cgroup;
  struct EventPath target; /* of an attachment to a descriptor */
};

#endif
