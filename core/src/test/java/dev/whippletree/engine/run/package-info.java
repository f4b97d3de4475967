@NullMarked
package dev.whippletree.engine.run;

import org.jspecify.annotations.NullMarked;
