#include "flow/locate.h"
