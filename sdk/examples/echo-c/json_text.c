/* A scanner over JSON that the host has made, so it may trust its syntax but never its length. */
#include "json_text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Gives the place after the JSON text that begins at `at` (its quote). */
static size_t after_text(const char* json, size_t length, size_t at) {
  for (++at; at < length && json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return at < length ? at + 1 : length;
}

static size_t skip_space(const char* json, size_t length, size_t at) {
  while (at < length && strchr(" \t\r\n:", json[at]) != NULL) ++at;
  return at;
}

/* Where the value of the top-level field `key` begins; `length` when there is none. */
static size_t find_value(const char* json, size_t length, const char* key) {
  const size_t key_length = strlen(key);
  int depth = 0;
  bool is_key = false;
  for (size_t at = 0; at < length;) {
    const char c = json[at];
    if (c == '"') {
      const size_t end = after_text(json, length, at);
      const bool same = end - at == key_length + 2 && memcmp(json + at + 1, key, key_length) == 0;
      if (depth == 1 && is_key && same) return skip_space(json, length, end);
      is_key = false;
      at = end;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c == '{' || c == ',') is_key = true;
    ++at;
  }
  return length;
}

static unsigned hex4(const char* digits) {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = digits[i];
    value = value * 16 + (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

static size_t put_utf8(unsigned code, char* out) {
  if (code < 0x80) {
    out[0] = (char)code;
    return 1;
  }
  if (code < 0x800) {
    out[0] = (char)(0xC0 | code >> 6);
    out[1] = (char)(0x80 | (code & 0x3F));
    return 2;
  }
  if (code < 0x10000) {
    out[0] = (char)(0xE0 | code >> 12);
    out[1] = (char)(0x80 | (code >> 6 & 0x3F));
    out[2] = (char)(0x80 | (code & 0x3F));
    return 3;
  }
  out[0] = (char)(0xF0 | code >> 18);
  out[1] = (char)(0x80 | (code >> 12 & 0x3F));
  out[2] = (char)(0x80 | (code >> 6 & 0x3F));
  out[3] = (char)(0x80 | (code & 0x3F));
  return 4;
}

/* Decodes the escape that begins at `at`; gives the place after it. */
static size_t unescape(const char* json, size_t length, size_t at, char* out, size_t* size) {
  static const char names[] = "nrtbf", values[] = "\n\r\t\b\f";
  const char c = json[at + 1];
  if (c != 'u') {
    const char* name = strchr(names, c);
    out[(*size)++] = name != NULL ? values[name - names] : c;
    return at + 2;
  }
  if (at + 6 > length) return length;
  unsigned code = hex4(json + at + 2);
  at += 6;
  if (code >= 0xD800 && code < 0xDC00 && at + 6 <= length && json[at] == '\\' && json[at + 1] == 'u') {
    code = 0x10000 + ((code - 0xD800) << 10) + (hex4(json + at + 2) - 0xDC00);
    at += 6;
  }
  *size += put_utf8(code, out + *size);
  return at;
}

size_t json_get_text(const char* json, size_t length, const char* key, char* out) {
  size_t at = find_value(json, length, key);
  if (at >= length || json[at] != '"') return 0;
  size_t size = 0;
  for (++at; at + 1 < length && json[at] != '"';) {
    if (json[at] == '\\') {
      at = unescape(json, length, at, out, &size);
    } else {
      out[size++] = json[at++];
    }
  }
  return size;
}

bool json_get_true(const char* json, size_t length, const char* key) {
  const size_t at = find_value(json, length, key);
  return at + 4 <= length && memcmp(json + at, "true", 4) == 0;
}

size_t json_escaped_size(size_t length) { return length * 6; }

size_t json_escape(const char* text, size_t length, char* out) {
  size_t size = 0;
  for (size_t i = 0; i < length; ++i) {
    const unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\') {
      out[size++] = '\\';
      out[size++] = (char)c;
    } else if (c < 0x20) {
      char escape[7];
      size += (size_t)snprintf(escape, sizeof escape, "\\u%04x", c);
      memcpy(out + size - 6, escape, 6);
    } else {
      out[size++] = (char)c;
    }
  }
  return size;
}

/* Length of the well-formed character at `text`, 0 when there is none. */
static size_t character(const unsigned char* text, size_t length) {
  const unsigned first = text[0];
  const size_t size = first < 0x80 ? 1 : first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3 : 4;
  if (size == 1) return 1;
  if (first < 0xC2 || first > 0xF4 || size > length) return 0;
  const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (text[1] < low || text[1] > high) return 0;
  for (size_t i = 2; i < size; ++i) {
    if (text[i] < 0x80 || text[i] > 0xBF) return 0;
  }
  return size;
}

bool json_is_utf8(const char* text, size_t length) {
  for (size_t i = 0; i < length;) {
    const size_t size = character((const unsigned char*)text + i, length - i);
    if (size == 0) return false;
    i += size;
  }
  return true;
}
