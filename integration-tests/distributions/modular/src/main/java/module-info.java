/** A module that asks. */
module outside.modular {
    requires dev.whippletree.core;
}
