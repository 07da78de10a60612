#pragma once
#include "sentencepiece_model.pb-c.h"
