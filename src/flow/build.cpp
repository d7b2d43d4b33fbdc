#include "flow/build.h"
