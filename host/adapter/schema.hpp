// JSON Schema as far as manifests use it: whether the `options` of a launch are what the adapter takes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/error.hpp"

namespace paddock::adapter {

/// What of `value` does not fit `schema`: every wrong place, `schema_errors_max` at most. Pointers begin
/// with `at`, e.g. "/options". Looks at type, enum, const, properties, required, additionalProperties,
/// items, minItems, maxItems, minLength, maxLength, minimum, maximum, exclusiveMinimum, exclusiveMaximum
/// and anyOf. Any other keyword says nothing here; the adapter may still refuse the launch. A schema is
/// a tree (there is no $ref), so this ends, no deeper than the parser let the schema be.
std::vector<base::FieldError> schema_errors(const boost::json::value& value, const boost::json::object& schema,
                                            const std::string& at);

inline constexpr std::size_t schema_errors_max = 20;

}  // namespace paddock::adapter
