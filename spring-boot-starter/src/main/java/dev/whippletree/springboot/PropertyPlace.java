package dev.whippletree.springboot;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginTrackedResource;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;

/**
 * Where a property was set, in words. Immutable.
 *
 * @param text as messages name it: {@code application.yaml, line 7}
 * @param name the property's name there: the variable's, if it is one
 */
record PropertyPlace(String text, String name) {

    private static final String UNKNOWN = "application properties";

    static PropertyPlace of(ConfigurationProperty property) {
        Origin origin = property.getOrigin();
        String name = property.getName().toString();
        if (origin instanceof PropertySourceOrigin source && source.getOrigin() == null) {
            return new PropertyPlace(source(source.getPropertySource().getName()), name);
        }
        Origin place = origin instanceof PropertySourceOrigin source ? source.getOrigin() : origin;
        if (place instanceof SystemEnvironmentOrigin variable) {
            return new PropertyPlace("environment variable " + variable.getProperty(), variable.getProperty());
        }
        return new PropertyPlace(place instanceof TextResourceOrigin file ? file(file) : UNKNOWN, name);
    }

    private static String file(TextResourceOrigin origin) {
        TextResourceOrigin.Location location = origin.getLocation();
        return fileName(origin.getResource()) + (location == null ? "" : ", line " + (location.getLine() + 1));
    }

    private static String fileName(@Nullable Resource resource) {
        if (resource instanceof OriginTrackedResource tracked) {
            return fileName(tracked.getResource());
        }
        if (resource == null) {
            return UNKNOWN;
        }
        if (resource instanceof ClassPathResource packed) {
            return packed.getPath();
        }
        try {
            return resource.getFile().getPath();
        } catch (IOException e) {
            return resource.getDescription();
        }
    }

    private static String source(String name) {
        return switch (name) {
            case "commandLineArgs" -> "command line";
            case "systemProperties" -> "system properties";
            default -> name;
        };
    }
}
