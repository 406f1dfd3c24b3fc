// Makes an addon of a library that only has to be loaded: what it does, it does while its statics start.
#include <node_api.h>

NAPI_MODULE_INIT() { return exports; }
