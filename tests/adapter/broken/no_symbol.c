/* A library that is no adapter. */
int paddock_adapter_version = 1;
