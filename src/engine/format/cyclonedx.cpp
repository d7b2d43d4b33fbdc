#include "engine/format/format.h"
