package dev.whippletree.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.PdfFileContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.pdf.PdfFile;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.whippletree.model.Message;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Translates messages. Immutable.
 *
 * @param sendThinking whether a model's earlier reasoning is sent
 * @param thinkingField the message's field that it is sent in
 */
record Messages(boolean sendThinking, String thinkingField) {

    /**
     * Returns a message as prompts have it.
     *
     * @throws UnsupportedFeatureException if the protocol has nothing like it, naming it
     */
    Message message(ChatMessage message) {
        if (message instanceof SystemMessage system) {
            return Message.system(system.text());
        }
        if (message instanceof UserMessage user) {
            return user(user);
        }
        if (message instanceof AiMessage assistant) {
            return assistant(assistant);
        }
        if (message instanceof ToolExecutionResultMessage result) {
            return result(result);
        }
        throw unsupported("a message of type " + message.type());
    }

    private static Message user(UserMessage user) {
        Map<String, Object> name = user.name() == null ? Map.of() : Map.of("name", user.name());
        boolean single = user.hasSingleText();
        return new Message(
                Role.USER,
                single ? user.singleText() : "",
                single
                        ? List.of()
                        : user.contents().stream().map(Messages::part).toList(),
                List.of(),
                Optional.empty(),
                name);
    }

    private static Map<String, Object> part(Content content) {
        if (content instanceof TextContent text) {
            return Map.of("type", "text", "text", text.text());
        }
        if (content instanceof ImageContent image) {
            return Map.of("type", "image_url", "image_url", image(image));
        }
        if (content instanceof AudioContent audio) {
            return Map.of("type", "input_audio", "input_audio", audio(audio.audio()));
        }
        if (content instanceof PdfFileContent pdf) {
            PdfFile file = pdf.pdfFile();
            return Map.of(
                    "type",
                    "file",
                    "file",
                    Map.of(
                            "filename",
                            "file.pdf",
                            "file_data",
                            url("a PDF file", file.url(), file.mimeType(), file.base64Data())));
        }
        throw unsupported("content of type " + content.type());
    }

    private static Map<String, Object> image(ImageContent content) {
        Image image = content.image();
        String detail = switch (content.detailLevel()) {
            case LOW, HIGH, AUTO -> content.detailLevel().name().toLowerCase(Locale.ROOT);
            default -> throw unsupported("the detail level " + content.detailLevel() + " of an image");
        };
        return Map.of("url", url("an image", image.url(), image.mimeType(), image.base64Data()), "detail", detail);
    }

    private static Map<String, Object> audio(Audio audio) {
        if (audio.base64Data() == null || audio.mimeType() == null) {
            throw unsupported("audio without data in Base64 and a MIME type");
        }
        return Map.of("data", audio.base64Data(), "format", format(audio.mimeType()));
    }

    /** Services that take more than the protocol's two formats name them by their MIME types. */
    private static String format(String mimeType) {
        String subtype = mimeType.substring(mimeType.indexOf('/') + 1);
        return switch (subtype) {
            case "mpeg", "x-mp3", "x-mpeg" -> "mp3";
            case "wave", "x-wav", "vnd.wave" -> "wav";
            default -> subtype;
        };
    }

    private static String url(String what, @Nullable URI url, @Nullable String mimeType, @Nullable String base64) {
        if (url != null) {
            return url.toString();
        }
        if (mimeType == null || base64 == null) {
            throw unsupported(what + " without a URL, or data in Base64 and a MIME type,");
        }
        return "data:" + mimeType + ";base64," + base64;
    }

    private Message assistant(AiMessage message) {
        String thinking = message.thinking();
        return new Message(
                Role.ASSISTANT,
                message.text() == null ? "" : message.text(),
                List.of(),
                message.toolExecutionRequests().stream().map(Messages::call).toList(),
                Optional.empty(),
                sendThinking && thinking != null ? Map.of(thinkingField, thinking) : Map.of());
    }

    private static ToolCall call(ToolExecutionRequest request) {
        String arguments = request.arguments();
        return new ToolCall(
                request.id() == null ? "" : request.id(),
                request.name(),
                arguments == null || arguments.isBlank() ? "{}" : arguments);
    }

    private static Message result(ToolExecutionResultMessage result) {
        if (!result.hasSingleText()) {
            throw unsupported("a tool's result that isn't one text");
        }
        return new Message(Role.TOOL, result.text(), List.of(), List.of(), Optional.ofNullable(result.id()));
    }

    private static UnsupportedFeatureException unsupported(String what) {
        return new UnsupportedFeatureException(what + " is not supported by the chat-completions protocol");
    }
}
