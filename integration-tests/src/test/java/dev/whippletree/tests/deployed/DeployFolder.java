package dev.whippletree.tests.deployed;

import dev.whippletree.tests.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The folder {@code deploy} of the project. */
final class DeployFolder {

    static final Path FOLDER = Project.ROOT.resolve("deploy");

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
