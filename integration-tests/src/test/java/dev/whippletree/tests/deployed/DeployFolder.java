package dev.whippletree.tests.deployed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The folder {@code deploy} of the project. */
final class DeployFolder {

    /** Of the whole build. */
    static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    static final Path FOLDER = PROJECT.resolve("deploy");

    private DeployFolder() {}

    /** Returns the text of a file. */
    static String text(String file) throws IOException {
        return Files.readString(FOLDER.resolve(file));
    }

    /** Returns what a YAML file says. */
    static JsonNode yaml(String file) throws IOException {
        return YAMLMapper.shared().readTree(text(file));
    }
}
