#!/usr/bin/env bash
# oneDNN has the softmax of float32 for AVX2, and its gradient for AVX-512 alone: on a processor with AVX2 the gradient runs in
# the general reference code, without a word.
#
# Seen with:    oneDNN 3.11 of org.bytedeco:dnnl 3.11-1.5.13, JDK 17, Linux on x86-64; ONEDNN_MAX_CPU_ISA=AVX2 makes a processor with
#               AVX-512 choose as one without.
# Expected:     forward and backward of one primitive, over the last axis of a plain matrix, are compiled for the same instructions.
# Behaviour:    the forward pass is "jit:avx2", the backward pass "ref:any".
# It matters:   the reference code took three times as long as the forward pass (rows of 36 values, Zen 3) and 5% of the step of a
#               small vision transformer; a loop of one's own over the rows is faster. A test that asks descriptors for their
#               implementation passes on machines with AVX-512 and fails on others.
#
# Needs Maven, JDK 17 and a processor with AVX2. Prints what it saw, and fails if that is different from the above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>look</groupId><artifactId>look</artifactId><version>1</version><packaging>pom</packaging>
<dependencies><dependency><groupId>org.bytedeco</groupId><artifactId>dnnl-platform</artifactId><version>3.11-1.5.13</version>
</dependency></dependencies></project>
POM
mvn -q -B -ntp org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath \
  -Djavacpp.platform=linux-x86_64 -Dmdep.outputFile=classpath >&2

cat >Look.java <<'JAVA'
import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

public class Look {
    static String implementation(dnnl_primitive_desc descriptor) {
        PointerPointer<BytePointer> name = new PointerPointer<>(1);
        expect(dnnl_primitive_desc_query(descriptor, dnnl_query_impl_info_str, 0, name));
        return name.get(BytePointer.class, 0).getString();
    }

    static void expect(int status) {
        if (status != dnnl_success) {
            throw new IllegalStateException("status " + status);
        }
    }

    public static void main(String[] arguments) {
        dnnl_engine engine = new dnnl_engine();
        expect(dnnl_engine_create(engine, dnnl_cpu, 0));
        dnnl_memory_desc matrix = new dnnl_memory_desc();
        expect(dnnl_memory_desc_create_with_tag(matrix, 2, new long[] {3456, 36}, dnnl_f32, dnnl_ab));
        dnnl_primitive_attr plain = new dnnl_primitive_attr();
        expect(dnnl_primitive_attr_create(plain));
        dnnl_primitive_desc forward = new dnnl_primitive_desc();
        expect(dnnl_softmax_forward_primitive_desc_create(
                forward, engine, dnnl_forward_training, dnnl_softmax_accurate, matrix, matrix, 1, plain));
        dnnl_primitive_desc backward = new dnnl_primitive_desc();
        expect(dnnl_softmax_backward_primitive_desc_create(
                backward, engine, dnnl_softmax_accurate, matrix, matrix, matrix, 1, forward, plain));
        System.out.println("forward " + implementation(forward) + ", backward " + implementation(backward));
    }
}
JAVA

seen=$(ONEDNN_MAX_CPU_ISA=AVX2 OMP_NUM_THREADS=1 java -cp "$(cat classpath)" Look.java)
echo "$seen"
[ "$seen" = "forward jit:avx2, backward ref:any" ] || {
  echo "oneDNN chooses otherwise now" >&2
  exit 1
}
