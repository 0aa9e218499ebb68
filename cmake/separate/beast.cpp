// Boost.Beast, compiled once for the whole build.
#include <boost/beast/src.hpp>
