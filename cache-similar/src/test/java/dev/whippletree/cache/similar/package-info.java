@NullMarked
package dev.whippletree.cache.similar;

import org.jspecify.annotations.NullMarked;
