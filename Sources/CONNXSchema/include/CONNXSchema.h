// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "onnx.pb-c.h"
