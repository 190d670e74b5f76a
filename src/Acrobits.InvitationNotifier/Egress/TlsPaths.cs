using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>The paths of an endpoint's TLS files. Reads the files.</summary>
internal sealed class TlsPaths
{
    private const string PathKey = nameof(ClientCertificateOptions.Path);
    private const string KeyPathKey = nameof(ClientCertificateOptions.KeyPath);
    private static readonly TimeSpan ExpiresSoon = TimeSpan.FromDays(30);

    private readonly string? _certificate;
    private readonly string? _key;
    private readonly string? _password;
    private readonly string[] _trusted;

    private TlsPaths(TlsOptions options, ProblemScope problems)
    {
        if (options.ClientCertificate is { } client)
        {
            (_certificate, _key) = FindPaths(client, problems.At(nameof(TlsOptions.ClientCertificate)));
            _password = client.Password;
        }

        var trusted = problems.At(nameof(TlsOptions.TrustedCertificates));
        _trusted = [.. (options.TrustedCertificates ?? []).Select((path, index) => TlsFile.FindPath(path, trusted.At($"{index}"))).OfType<string>()];
    }

    /// <summary>Reads the paths. Returns null if there are none, or if problems were added.</summary>
    public static TlsPaths? Compile(TlsOptions options, ProblemScope problems)
    {
        var known = problems.Count;
        var paths = new TlsPaths(options, problems);
        return problems.Count == known && (paths._certificate is not null || paths._trusted.Length > 0) ? paths : null;
    }

    /// <summary>Reads the files. Returns null if problems were added.</summary>
    /// <param name="last">What they held before, which is not parsed again if it is the same.</param>
    /// <param name="problems">Receives the problems.</param>
    public TlsContent? Read(TlsContent? last, ProblemScope problems)
    {
        var known = problems.Count;
        var clientProblems = problems.At(nameof(TlsOptions.ClientCertificate));
        var trustedProblems = problems.At(nameof(TlsOptions.TrustedCertificates));
        var file = _certificate is null ? null : TlsFile.Read(_certificate, clientProblems.At(PathKey));
        var keyFile = _key is null ? null : TlsFile.Read(_key, clientProblems.At(KeyPathKey));
        var trustedFiles = _trusted.Select((path, index) => TlsFile.Read(path, trustedProblems.At($"{index}"))).ToList();
        if (problems.Count > known)
        {
            return null;
        }

        var hash = Hash([file, keyFile, .. trustedFiles]);
        if (last is not null && last.Hash.AsSpan().SequenceEqual(hash))
        {
            // Time passes, and permissions change.
            var warnings = FindWarnings(last.Material, file, keyFile);
            return warnings.SequenceEqual(last.Warnings) ? last : last with { Warnings = warnings };
        }

        try
        {
            X509Certificate2Collection others = [];
            var certificate = file is null ? null : ClientCertificateReader.Read(file, keyFile, _password, out others, clientProblems);
            var trusted = TrustedCertificateReader.Read(trustedFiles!, trustedProblems);
            if (problems.Count > known)
            {
                return null;
            }

            var material = new TlsMaterial(certificate, others, trusted);
            return new TlsContent(material, hash, FindWarnings(material, file, keyFile));
        }
        catch (Exception exception) when (exception is CryptographicException or NotSupportedException)
        {
            // The platform reads some parts of a certificate only when they are used.
            problems.Add($"a certificate is damaged, or this machine does not support it ({exception.GetType().Name}). Write it again");
            return null;
        }
    }

    private static (string? Certificate, string? Key) FindPaths(ClientCertificateOptions options, ProblemScope problems)
    {
        var hasKey = !string.IsNullOrWhiteSpace(options.KeyPath);
        if (!string.IsNullOrWhiteSpace(options.Path))
        {
            return (
                TlsFile.FindPath(options.Path, problems.At(PathKey)),
                hasKey ? TlsFile.FindPath(options.KeyPath!, problems.At(KeyPathKey)) : null);
        }

        if (hasKey || !string.IsNullOrEmpty(options.Password))
        {
            var other = hasKey ? KeyPathKey : nameof(options.Password);
            problems.Add(PathKey, $"is missing, but {other} is set. Write the path of the certificate");
        }

        return (null, null);
    }

    // Times and lengths do not find every change: a copy keeps its time, and certificates often have the same length.
    private static byte[] Hash(List<TlsFile?> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files.OfType<TlsFile>())
        {
            hash.AppendData(BitConverter.GetBytes(file.Content.Length));
            hash.AppendData(file.Content);
        }

        return hash.GetHashAndReset();
    }

    private static IReadOnlyList<Problem> FindWarnings(TlsMaterial material, TlsFile? file, TlsFile? keyFile)
    {
        var warnings = new ProblemScope().At(nameof(InvitationWebServiceOptions.Tls)).At(nameof(TlsOptions.ClientCertificate));
        if ((keyFile ?? file) is { IsReadableByEveryone: true })
        {
            warnings.Add(
                keyFile is null ? PathKey : KeyPathKey,
                "every user of this machine can read the private key. Restrict the permissions of the file, for instance with chmod 600");
        }

        if (material.ClientCertificate is { } certificate && certificate.NotAfter - DateTime.Now < ExpiresSoon)
        {
            var expiry = certificate.NotAfter.ToUniversalTime();
            warnings.Add(PathKey, expiry > DateTime.UtcNow
                ? $"the certificate expires at {expiry:u}. Renew it before then"
                : $"the certificate expired at {expiry:u}. Renew it");
        }

        return warnings.Problems;
    }
}
