using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Egress;

/// <summary>Chains as the platform hands them over: which certificates the provider has to send itself.</summary>
public sealed class CertificateRulesTests
{
    [Fact]
    public void Validate_RootIsOfTheMachineAndNotSent_Accepts()
    {
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate();
        using var chain = Build(intermediate, root);

        Assert.True(Validate(chain, sent: intermediate.Certificate));
    }

    [Fact]
    public void Validate_IntermediateIsOfTheMachineAndNotSent_Rejects()
    {
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate();
        using var chain = Build(intermediate, root);

        AssertMissing(() => Validate(chain));
    }

    [Fact]
    public void Validate_SentAnIntermediateOfTheSameNameAndAnotherKey_Rejects()
    {
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate();
        using var other = root.CreateIntermediate();
        using var chain = Build(intermediate, root);

        AssertMissing(() => Validate(chain, trusted: root.Certificate, sent: other.Certificate));
    }

    [Fact]
    public void Validate_SentAnIntermediateOfTheSameKeyAndAnotherName_Rejects()
    {
        using var root = TestAuthority.CreateRoot();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var intermediate = root.CreateIntermediate(key: key);
        using var other = root.CreateIntermediate("Other", key);
        using var chain = Build(intermediate, root);

        AssertMissing(() => Validate(chain, trusted: root.Certificate, sent: other.Certificate));
    }

    [Fact]
    public void Validate_NameMismatchThatTheApplicationTolerates_RequiresTheIntermediateAllTheSame()
    {
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate();
        using var chain = Build(intermediate, root);
        RemoteCertificateValidationCallback tolerant = (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == 0;

        AssertMissing(() => Validate(chain, errors: SslPolicyErrors.RemoteCertificateNameMismatch, application: tolerant));
        Assert.True(Validate(chain, sent: intermediate.Certificate, errors: SslPolicyErrors.RemoteCertificateNameMismatch, application: tolerant));
    }

    [Fact]
    public void Validate_ExpiredAndIntermediateNotSent_SaysThatItExpired()
    {
        using var root = TestAuthority.CreateRoot();
        using var intermediate = root.CreateIntermediate();
        using var chain = Build(intermediate, root, until: TestAuthority.Now.AddHours(-1));

        var exception = Assert.Throws<CertificateException>(() => Validate(chain, errors: SslPolicyErrors.RemoteCertificateChainErrors));

        Assert.Equal("certificate_expired", exception.ErrorType);
    }

    private static void AssertMissing(Action validate) => Assert.Contains(
        "an intermediate certificate is missing", Assert.Throws<CertificateException>(validate).Message, StringComparison.Ordinal);

    // A chain of three certificates, wherever the platform found them.
    private static X509Chain Build(TestAuthority intermediate, TestAuthority root, DateTimeOffset? until = null)
    {
        var chain = new X509Chain { ChainPolicy = CertificateRules.CreatePolicy() };
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root.Certificate);
        chain.ChainPolicy.ExtraStore.Add(intermediate.Certificate);
        Assert.Equal(until is null, chain.Build(intermediate.Issue(until: until)));
        Assert.Equal(3, chain.ChainElements.Count);
        return chain;
    }

    // The policy of a handshake holds what the provider sent, and what the application trusts.
    private static bool Validate(
        X509Chain chain,
        X509Certificate2? trusted = null,
        X509Certificate2? sent = null,
        SslPolicyErrors errors = SslPolicyErrors.None,
        RemoteCertificateValidationCallback? application = null)
    {
        chain.ChainPolicy = CertificateRules.CreatePolicy();
        if (trusted is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(trusted);
        }

        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.Add(sent);
        }

        var options = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = application };
        CertificateRules.AddTo(options);
        return options.RemoteCertificateValidationCallback!(new object(), chain.ChainElements[0].Certificate, chain, errors);
    }
}
