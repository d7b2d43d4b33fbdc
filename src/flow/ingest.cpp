#include "flow/ingest.h"
