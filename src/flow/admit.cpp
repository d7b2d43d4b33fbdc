#include "flow/admit.h"
