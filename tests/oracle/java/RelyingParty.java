import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.*;
import java.util.*;

/**
 * Java's own PKIX validator as a relying party. Each line of the standard input is one question, words by blanks:
 * LABEL CA-FILE CERTIFICATE-FILE EPOCH-SECOND POLICY and evidence: crl=FILE (repeated) or ocsp=FILE; "strict" leaves
 * Java's default, which refuses qualifiers in a critical certificatePolicies; "whole" puts the CA's certificate into the
 * path, so that its status is asked too; it has no policy, and none is asked for then.
 * Each line of the answer is LABEL and the verdict.
 */
public class RelyingParty {
    public static void main(String[] arguments) throws Exception {
        Security.setProperty("ocsp.enable", "true");
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextLine()) {
            String[] words = lines.nextLine().split(" ");
            System.out.println(words[0] + " " + verdict(words));
        }
    }

    static String verdict(String[] words) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        X509Certificate ca = (X509Certificate) factory.generateCertificate(bytes(words[1]));
        X509Certificate subject = (X509Certificate) factory.generateCertificate(bytes(words[2]));
        List<CRL> lists = new ArrayList<>();
        Map<X509Certificate, byte[]> answers = new HashMap<>();
        for (int at = 5; at < words.length; at++) {
            if (words[at].startsWith("crl=")) lists.add(factory.generateCRL(bytes(words[at].substring(4))));
            else if (words[at].startsWith("ocsp=")) answers.put(subject, Files.readAllBytes(Path.of(words[at].substring(5))));
        }
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(ca, null)));
        parameters.setDate(new Date(Long.parseLong(words[3]) * 1000));
        boolean whole = List.of(words).contains("whole");
        if (!whole) parameters.setInitialPolicies(Set.of(words[4]));
        parameters.setExplicitPolicyRequired(!whole);
        parameters.setPolicyQualifiersRejected(List.of(words).contains("strict"));
        CertPathValidator validator = CertPathValidator.getInstance("PKIX");
        PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
        Set<PKIXRevocationChecker.Option> options = EnumSet.of(PKIXRevocationChecker.Option.NO_FALLBACK);
        if (answers.isEmpty()) options.add(PKIXRevocationChecker.Option.PREFER_CRLS);
        checker.setOptions(options);
        checker.setOcspResponses(answers);
        parameters.addCertPathChecker(checker);
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
        try {
            validator.validate(factory.generateCertPath(whole ? List.of(subject, ca) : List.of(subject)), parameters);
            return "good";
        } catch (CertPathValidatorException refusal) {
            Throwable cause = refusal.getCause();
            if (cause instanceof CertificateRevokedException revoked) {
                return "revoked " + revoked.getRevocationReason() + " " + revoked.getRevocationDate().getTime() / 1000;
            }
            return "refused " + refusal.getReason() + " " + refusal.getMessage();
        }
    }

    static ByteArrayInputStream bytes(String path) throws Exception {
        return new ByteArrayInputStream(Files.readAllBytes(Path.of(path)));
    }
}
