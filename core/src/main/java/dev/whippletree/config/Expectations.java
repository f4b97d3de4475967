package dev.whippletree.config;

import dev.whippletree.config.KnownPlugins.PluginKind;

/** Learns what the readers of a configuration accept where, while they read. By itself, it learns nothing. */
interface Expectations {

    Expectations NONE = new Expectations() {};

    /** A reader accepts a form of value at a path. It may accept others there, too. */
    default void value(String path, ValueForm form) {}

    /** A reader accepts, in the mapping at a path, also the settings of the plugin that one of its keys names. */
    default void settings(String path, String key, PluginKind kind) {}
}
