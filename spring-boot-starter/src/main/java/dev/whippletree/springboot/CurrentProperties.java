package dev.whippletree.springboot;

import dev.whippletree.config.ConfigurationTree;
import dev.whippletree.model.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ResourceLoader;

/**
 * The application's properties: as they were at its start, and when they are read again, from its files as they are
 * then. Thread-safe.
 *
 * <p>Spring Boot reads its files once. They are read again here as it does, into an environment of their own, with the
 * same profiles; whatever else properties come from, such as the command line, stays as it was and where it was: before
 * the files or behind them.
 */
final class CurrentProperties implements Supplier<ConfigurationTree> {

    /** The name of what an application sets as defaults: the files are read with them, and stand before them. */
    private static final String DEFAULTS = "defaultProperties";

    private static final Pattern PLACE = Pattern.compile("\\n in .*, line (\\d+), column");

    private final ConfigurableEnvironment environment;
    private final ResourceLoader resources;
    private final PropertyKeys keys;
    private final AtomicBoolean reading = new AtomicBoolean();

    CurrentProperties(ConfigurableEnvironment environment, ResourceLoader resources, PropertyKeys keys) {
        this.environment = environment;
        this.resources = resources;
        this.keys = keys;
    }

    /** From now on the files are read each time. */
    void started() {
        reading.set(true);
    }

    /**
     * {@inheritDoc}
     *
     * @throws ConfigurationException if a file can't be read again
     */
    @Override
    public ConfigurationTree get() {
        return PropertyTree.of(reading.get() ? readAgain() : environment, keys);
    }

    private ConfigurableEnvironment readAgain() {
        StandardEnvironment again = new StandardEnvironment();
        MutablePropertySources sources = again.getPropertySources();
        List.copyOf(sources.stream().toList()).forEach(source -> sources.remove(source.getName()));
        List<PropertySource<?>> behind = new ArrayList<>();
        boolean files = false;
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (isFile(source)) {
                files = true;
            } else if (!isViewOfOthers(source)) {
                if (!files || source.getName().equals(DEFAULTS)) {
                    sources.addLast(source);
                }
                if (files) {
                    behind.add(source);
                }
            }
        }
        if (!files) {
            return environment;
        }
        try {
            ConfigDataEnvironmentPostProcessor.applyTo(again, resources, null, environment.getActiveProfiles());
            behind.forEach(sources::addLast);
            ConfigurationPropertySources.attach(again);
            return again;
        } catch (RuntimeException e) {
            throw new ConfigurationException(List.of("the application's properties can't be read again: " + reason(e)));
        }
    }

    /** Spring Boot's own one shows the others under more names, and so the files as they were. */
    private static boolean isViewOfOthers(PropertySource<?> source) {
        return ConfigurationPropertySources.isAttachedConfigurationPropertySource(source);
    }

    /** The names that Spring Boot gives to what it loads from files and from trees of them. */
    private static boolean isFile(PropertySource<?> source) {
        return source.getName().startsWith("Config resource ")
                || source.getName().startsWith("Config tree ");
    }

    /** The reader of YAML quotes the lines around a mistake, and one of them may hold a token. */
    private static String reason(RuntimeException failure) {
        String message = String.valueOf(failure.getMessage());
        String told = message.lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining(", "));
        Matcher place = PLACE.matcher(message);
        String line = "";
        while (place.find()) {
            line = " in line " + place.group(1); // The last one is where the mistake was noticed.
        }
        return told + line;
    }
}
