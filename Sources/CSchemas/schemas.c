#include "cschemas.h"
