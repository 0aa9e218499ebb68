// Boost.URL, compiled once for the whole build.
#include <boost/url/src.hpp>
