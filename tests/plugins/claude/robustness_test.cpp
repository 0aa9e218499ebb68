// soon
#include <gtest/gtest.h>
