using System.Security.Cryptography;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Reads the private key of a PEM file.</summary>
internal static class PrivateKeyReader
{
    private const string Encrypted = "ENCRYPTED PRIVATE KEY";

    /// <summary>Reads the first private key. Null if problems were added.</summary>
    public static AsymmetricAlgorithm? Read(TlsFile file, string? password, ProblemScope problems, ProblemScope passwordProblems)
    {
        if (Find(file.Text) is not var (label, pem))
        {
            problems.Add(file.Text.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
                ? "the private key is damaged, or encrypted in an old format. Convert it, for instance with openssl pkcs8 -topk8"
                : "the file holds no private key. Write the path of the key, in PEM format, to KeyPath");
            return null;
        }

        if (label != Encrypted)
        {
            var plain = Import(key => key.ImportFromPem(pem));
            if (plain is null)
            {
                problems.Add("the private key is damaged, or neither RSA nor elliptic curve (ECDSA). Use one of these");
            }

            return plain;
        }

        if (string.IsNullOrEmpty(password))
        {
            passwordProblems.Add("is missing, but the private key is encrypted. Write the password of the key");
            return null;
        }

        var decrypted = Import(key => key.ImportFromEncryptedPem(pem, password));
        if (decrypted is null)
        {
            passwordProblems.Add("is not the password of the private key, or the key is damaged. Correct it");
        }

        return decrypted;
    }

    private static (string Label, string Pem)? Find(string text)
    {
        for (var rest = text; PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            var label = rest[fields.Label];
            if (label is "PRIVATE KEY" or "RSA PRIVATE KEY" or "EC PRIVATE KEY" or Encrypted)
            {
                return (label, rest[fields.Location]);
            }
        }

        return null;
    }

    private static AsymmetricAlgorithm? Import(Action<AsymmetricAlgorithm> import)
    {
        AsymmetricAlgorithm[] kinds = [RSA.Create(), ECDsa.Create()];
        var fitting = Array.Find(kinds, key =>
        {
            try
            {
                import(key);
                return true;
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException)
            {
                return false;
            }
        });
        foreach (var other in kinds.Where(key => key != fitting))
        {
            other.Dispose();
        }

        return fitting;
    }
}
