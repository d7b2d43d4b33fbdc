#include "flow/scan.h"
