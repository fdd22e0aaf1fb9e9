package org.evonorm.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.util.Collection;
import org.evonorm.text.Quotation;

/**
 * The JSON of records that make files count, with a checksum of the text in it, so that a record that was altered is
 * noticed. Values of another type than the record's are refused, and so is text after the record.
 */
final class CheckedJson {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .serializationInclusion(JsonInclude.Include.ALWAYS)
            .build();

    private CheckedJson() {}

    /**
     * A record with a checksum.
     *
     * @param <T> the record's own type
     */
    interface Checked<T extends Checked<T>> {

        /** CRC-32C of the record's text with an empty checksum, in hexadecimal. */
        String crc32c();

        /** The same record with this checksum. */
        T withCrc32c(String checksum);
    }

    /** The text of a record, with its checksum. */
    static <T extends Checked<T>> String write(T checked) {
        return text(checked.withCrc32c(checksum(checked))) + "\n";
    }

    /**
     * Reads what {@link #write} writes, and does not compare the checksum yet.
     *
     * @throws IOException if the text is no such record
     */
    static <T extends Checked<T>> T read(String json, Class<T> type) throws IOException {
        if (json.isBlank()) {
            throw new IOException("it is empty");
        }
        T read;
        try {
            read = MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IOException(fault(e), e);
        }
        if (read == null) {
            throw new IOException("it is empty");
        }
        return read;
    }

    /** The fault of a text that is no record; Jackson's own sentences speak of classes and of its settings. */
    private static String fault(JsonProcessingException e) {
        Throwable cause = e.getCause() instanceof StreamReadException inner ? inner : e;
        if (cause instanceof StreamConstraintsException) {
            return "a number or a text in it is too long, or it is nested too deep";
        }
        if (cause instanceof StreamReadException syntax && !(cause instanceof InputCoercionException)) {
            JsonLocation at = syntax.getLocation();
            return "it is no JSON from line " + at.getLineNr() + ", column " + at.getColumnNr() + " on";
        }
        String field = e instanceof JsonMappingException mapping ? field(mapping) : "";
        if (field.isEmpty()) {
            return "it is not one JSON object";
        }
        if (e instanceof UnrecognizedPropertyException) {
            return "it has a field " + field + ", which no such record has";
        }
        return "its field " + field + " is missing or is not " + wanted(e);
    }

    /** The path to the field of a fault, as in {@code tables.candidates[0].rows}; empty for the whole text. */
    private static String field(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(Quotation.shown(step.getFieldName()));
            }
        }
        return path.toString();
    }

    private static String wanted(JsonProcessingException e) {
        Class<?> type = e instanceof MismatchedInputException mismatched ? mismatched.getTargetType() : long.class;
        if (type.isPrimitive()) {
            return "a whole number";
        }
        if (type.equals(String.class)) {
            return "a text";
        }
        return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
    }

    /** Refuses a record whose checksum is another's. */
    static <T extends Checked<T>> void requireUnaltered(T checked) throws IOException {
        if (!checksum(checked).equals(checked.crc32c())) {
            throw new IOException("it was altered since it was written");
        }
    }

    private static <T extends Checked<T>> String checksum(T checked) {
        return Checksum.of(text(checked.withCrc32c("")));
    }

    private static String text(Object checked) {
        try {
            return MAPPER.writeValueAsString(checked);
        } catch (JsonProcessingException e) {
            throw new AssertionError("strings and numbers have a JSON form", e);
        }
    }
}
