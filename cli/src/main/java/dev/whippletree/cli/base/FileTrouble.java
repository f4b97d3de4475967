package dev.whippletree.cli.base;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says what is wrong with a file, of which Java's message is often nothing but its name. Stateless. */
public final class FileTrouble {

    private FileTrouble() {}

    /** Returns the file's name, if it is known, and why. */
    public static String said(IOException e) {
        boolean onlyNamed = e instanceof FileSystemException trouble && trouble.getReason() == null;
        return onlyNamed ? e.getMessage() + ": " + reason(e) : reason(e);
    }

    /** Returns why, for a sentence that names the file. */
    public static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file or folder";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "this has to be a folder, and a file is there";
        }
        String message = String.valueOf(e.getMessage());
        return message.contains(" ") ? message : e.getClass().getSimpleName() + ": " + message;
    }
}
