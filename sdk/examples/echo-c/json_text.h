/* Just enough JSON for an adapter that reads two fields and writes one text. */
#ifndef ECHO_JSON_TEXT_H
#define ECHO_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Copies the text of the top-level field `key` of the object `json` to `out`, which has room for
 * `length` bytes. Gives its length, 0 when it is absent or no text. */
size_t json_get_text(const char* json, size_t length, const char* key, char* out);

/* True when the top-level field `key` of the object `json` is true. */
bool json_get_true(const char* json, size_t length, const char* key);

/* The most bytes that `length` bytes can become when they are escaped. */
size_t json_escaped_size(size_t length);

/* Writes `text` to `out` as the inside of a JSON text; gives the number of bytes written. */
size_t json_escape(const char* text, size_t length, char* out);

/* True when `text` is well-formed UTF-8. */
bool json_is_utf8(const char* text, size_t length);

#endif
