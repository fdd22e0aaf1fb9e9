package org.evonorm.data.files.parquet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.evonorm.data.files.picture.ClassLabels;
import org.evonorm.data.files.picture.FileFault;

/**
 * One Parquet file of {@link EncodedParquet}: a column with encoded pictures, binary or a struct with binary
 * {@code bytes}, and a column with labels. Row groups without wanted rows are passed over.
 *
 * @param title      place of the file in words
 * @param rows       number of rows
 * @param image      the column of pictures, with its {@code bytes} alone where it is a struct
 * @param label      the column of labels
 * @param classNames name per class as the file's metadata tells; empty if they do not
 */
record EncodedParquetFile(
        Path path, String title, Configuration hadoop, int rows, Type image, Type label, List<String> classNames) {

    private static final List<String> IMAGES = List.of("image", "img");
    private static final List<String> LABELS = List.of("label", "labels", "fine_label");
    private static final String BYTES = "bytes";

    /** The key under which Hugging Face's data sets describe their columns, in JSON. */
    private static final String FEATURES = "huggingface";

    /** A receiver of encoded pictures. */
    @FunctionalInterface
    interface Encoded {
        void take(int row, byte[] bytes);
    }

    /** A receiver of rows. */
    @FunctionalInterface
    private interface Rows {
        void take(int row, Group group);
    }

    /**
     * Reads the metadata of a file.
     *
     * @throws IllegalArgumentException if the file is damaged or has other columns
     */
    static EncodedParquetFile open(Path path, Configuration hadoop) {
        String title = path.toUri().getPath();
        try (ParquetFileReader reader =
                ParquetFileReader.open(HadoopInputFile.fromPath(path, hadoop), options(hadoop))) {
            MessageType schema = reader.getFileMetaData().getSchema();
            Type image = column(title, schema, IMAGES);
            Type label = column(title, schema, LABELS);
            if (!label.isPrimitive() || !isInteger(label)) {
                throw new IllegalArgumentException(title + " has a column " + label.getName()
                        + " that holds no whole numbers; labels are class numbers, int32 or int64");
            }
            String described = reader.getFileMetaData().getKeyValueMetaData().getOrDefault(FEATURES, "");
            return new EncodedParquetFile(
                    path,
                    title,
                    hadoop,
                    Math.toIntExact(reader.getRecordCount()),
                    encoded(title, image),
                    label,
                    names(described, label.getName()));
        } catch (IOException | RuntimeException e) {
            throw refusal(title, " is no whole Parquet file", e);
        }
    }

    private static IllegalArgumentException refusal(String title, String what, Exception e) {
        return FileFault.naming(
                title,
                e,
                () -> new IllegalArgumentException(title + what + " (" + FileFault.message(e) + "); get it again", e));
    }

    private static Type column(String title, MessageType schema, List<String> names) {
        for (String name : names) {
            if (schema.containsField(name)) {
                return schema.getType(name);
            }
        }
        throw new IllegalArgumentException(title + " has no column " + String.join(" or ", names) + " but "
                + String.join(
                        ", ", schema.getFields().stream().map(Type::getName).toList())
                + "; rename the columns, or give the folder that evonorm images wrote");
    }

    private static boolean isInteger(Type type) {
        PrimitiveTypeName name = type.asPrimitiveType().getPrimitiveTypeName();
        return name == PrimitiveTypeName.INT32 || name == PrimitiveTypeName.INT64;
    }

    private static boolean isBinary(Type type) {
        return type.isPrimitive()
                && !type.isRepetition(Type.Repetition.REPEATED)
                && type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
    }

    private static Type encoded(String title, Type image) {
        if (isBinary(image)) {
            return image;
        }
        boolean struct = !image.isPrimitive()
                && image.asGroupType().containsField(BYTES)
                && isBinary(image.asGroupType().getType(BYTES));
        if (!struct) {
            throw new IllegalArgumentException(
                    title + " has a column " + image.getName()
                            + " that is neither binary nor a struct with binary bytes; images are encoded as PNG, JPEG, GIF or BMP");
        }
        return image.asGroupType().withNewFields(image.asGroupType().getType(BYTES));
    }

    private static List<String> names(String described, String label) {
        List<String> names = new ArrayList<>();
        try {
            JsonNode features =
                    new ObjectMapper().readTree(described).path("info").path("features");
            features.path(label).path("names").forEach(name -> names.add(name.asText()));
        } catch (JsonProcessingException e) {
            // Names are for messages alone; classes have numbers.
            return List.of();
        }
        return List.copyOf(names);
    }

    /** Writes the class numbers of all rows into {@code labels}, from index {@code first} on. */
    void readLabels(short[] labels, int first) {
        read(label, Optional.empty(), (row, group) -> {
            if (group.getFieldRepetitionCount(0) == 0) {
                throw new IllegalArgumentException("row " + row + " of " + title + " has no label; remove the row");
            }
            long number = label.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT32
                    ? group.getInteger(0, 0)
                    : group.getLong(0, 0);
            labels[first + row] = ClassLabels.of(number, "row " + row + " of " + title);
        });
    }

    /** Hands over the encoded pictures of these rows, which increase. */
    void readPictures(int[] wanted, Encoded receiver) {
        int[] next = {0};
        read(image, Optional.of(wanted), (row, group) -> {
            if (next[0] < wanted.length && wanted[next[0]] == row) {
                next[0]++;
                receiver.take(row, bytes(row, group));
            }
        });
    }

    private byte[] bytes(int row, Group group) {
        Group holder = group;
        if (!image.isPrimitive() && group.getFieldRepetitionCount(0) > 0) {
            holder = group.getGroup(0, 0);
        }
        if (holder.getFieldRepetitionCount(0) == 0) {
            throw new IllegalArgumentException(
                    "row " + row + " of " + title + " has no image bytes; embed the images in the file");
        }
        return holder.getBinary(0, 0).getBytes();
    }

    /** Reads one column: of all row groups, or of those with wanted rows. */
    private void read(Type column, Optional<int[]> wanted, Rows receiver) {
        MessageType projection = new MessageType("images", column);
        try (ParquetFileReader reader =
                ParquetFileReader.open(HadoopInputFile.fromPath(path, hadoop), options(hadoop))) {
            MessageColumnIO columns = new ColumnIOFactory()
                    .getColumnIO(projection, reader.getFileMetaData().getSchema());
            reader.setRequestedSchema(projection);
            int first = 0;
            for (BlockMetaData block : reader.getRowGroups()) {
                int end = Math.toIntExact(first + block.getRowCount());
                if (wanted.isPresent() && !hasAny(wanted.get(), first, end)) {
                    reader.skipNextRowGroup();
                } else {
                    PageReadStore pages = reader.readNextRowGroup();
                    RecordReader<Group> records = columns.getRecordReader(pages, new GroupRecordConverter(projection));
                    for (int row = first; row < end; row++) {
                        receiver.take(row, records.read());
                    }
                }
                first = end;
            }
        } catch (IOException | RuntimeException e) {
            throw refusal(title, " is damaged", e);
        }
    }

    private static boolean hasAny(int[] wanted, int first, int end) {
        for (int row : wanted) {
            if (row >= first && row < end) {
                return true;
            }
        }
        return false;
    }

    private static ParquetReadOptions options(Configuration hadoop) {
        return HadoopReadOptions.builder(hadoop)
                .usePageChecksumVerification(true)
                .build();
    }
}
