using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Egress;

/// <summary>The TLS options of one network's connections.</summary>
public sealed class NetworkTlsTests
{
    [Fact]
    public void Copy_AllOptionsOfTheApplication_AreKept()
    {
        var options = new SslClientAuthenticationOptions
        {
            AllowRenegotiation = false,
            AllowTlsResume = false,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            CertificateChainPolicy = new X509ChainPolicy(),
            CertificateRevocationCheckMode = X509RevocationMode.Offline,
            ClientCertificates = [],
            EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls13,
            LocalCertificateSelectionCallback = (_, _, _, _, _) => null!,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            TargetHost = "example.com",
        };
#pragma warning disable CA1416 // Not on macOS.
        if (!OperatingSystem.IsMacOS())
        {
            (options.AllowRsaPkcs1Padding, options.AllowRsaPssPadding) = (false, false);
        }
#pragma warning restore CA1416

        var copy = NetworkTls.Copy(options);

        // Also the properties of later frameworks.
        foreach (var property in typeof(SslClientAuthenticationOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            Assert.True(Equals(property.GetValue(options), property.GetValue(copy)), property.Name);
        }
    }

    [Fact]
    public void Combine_OwnCertificates_LeaveTheApplicationsOptionsAlone()
    {
        using var root = TestAuthority.CreateRoot();
        using var client = CertificateFiles.Issue(root);
        using var everywhere = CertificateFiles.Issue(root);
        var policy = CertificateRules.CreatePolicy();
        var application = new SslClientAuthenticationOptions { CertificateChainPolicy = policy, ClientCertificates = [everywhere] };

        var options = NetworkTls.Combine(application, new TlsMaterial(client, [], [root.Certificate]));

        Assert.Equal(client.Thumbprint, options.ClientCertificateContext!.TargetCertificate.Thumbprint);
        Assert.Null(options.ClientCertificates);
        Assert.False(options.AllowTlsResume);
        Assert.Equal([root.Certificate], options.CertificateChainPolicy!.CustomTrustStore);
        Assert.Equal(X509ChainTrustMode.CustomRootTrust, options.CertificateChainPolicy.TrustMode);
        Assert.True(options.CertificateChainPolicy.DisableCertificateDownloads);
        Assert.Equal(X509RevocationMode.NoCheck, options.CertificateChainPolicy.RevocationMode);
        Assert.Same(policy, application.CertificateChainPolicy);
        Assert.Empty(policy.CustomTrustStore);
        Assert.Equal(X509ChainTrustMode.System, policy.TrustMode);
        Assert.Null(application.ClientCertificateContext);
        Assert.True(application.AllowTlsResume);
    }

    [Fact]
    public void Equals_SameCertificates_AreEqualWhereverTheyWereReadFrom()
    {
        using var root = TestAuthority.CreateRoot();
        using var client = CertificateFiles.Issue(root);
        using var other = CertificateFiles.Issue(root);
        using var again = X509CertificateLoader.LoadPkcs12(client.Export(X509ContentType.Pkcs12), password: null);
        var material = new TlsMaterial(client, [], [root.Certificate]);

        AssertEqual(true, new TlsMaterial(again, [], [root.Certificate]));
        AssertEqual(false, new TlsMaterial(other, [], [root.Certificate]));
        AssertEqual(false, new TlsMaterial(client, [root.Certificate], [root.Certificate]));
        AssertEqual(false, new TlsMaterial(client, [], []));
        AssertEqual(false, new TlsMaterial(null, [], [root.Certificate]));

        void AssertEqual(bool expected, TlsMaterial compared)
        {
            Assert.Equal(expected, material.Equals(compared));
            Assert.Equal(expected, material.GetHashCode() == compared.GetHashCode());
        }
    }
}
