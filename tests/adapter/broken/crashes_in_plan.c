/* Dies before there is an agent. */
#include "broken.h"
static pdk_status bad_plan(const pdk_adapter* adapter, const pdk_launch* launch, const pdk_out* ret_plan) {
  (void)adapter, (void)launch, (void)ret_plan;
  abort();
}
GOOD_MANIFEST("crashes-in-plan");
ADAPTER(sizeof(pdk_adapter), 1, 0, 0, bad_plan, good_open, good_feed, NULL, good_exited, NULL);
