"""Who may sign in to the dashboard."""

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.constructs.removal import removal_policy

GROUPS = ("teacher", "admin", "operator")


class Staff(Construct):
    """The accounts of a school's staff.

    An admin makes an account and names its school. The school cannot be changed afterwards, least of all
    by the person, who could otherwise read another school's registers.
    """

    def __init__(self, scope: Construct, name: str, *, retain: bool) -> None:
        super().__init__(scope, name)
        self.pool = cognito.UserPool(
            self,
            "Pool",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(username=True),
            sign_in_case_sensitive=False,
            custom_attributes={"school": cognito.StringAttribute(min_len=1, max_len=64, mutable=False)},
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=False,
                temp_password_validity=Duration.days(3),
            ),
            account_recovery=cognito.AccountRecovery.NONE,
            removal_policy=removal_policy(retain=retain),
            deletion_protection=retain,
        )
        self.client = self.pool.add_client(
            "Dashboard",
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
            disable_o_auth=True,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            id_token_validity=Duration.hours(1),
            access_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.days(1),
            write_attributes=cognito.ClientAttributes().with_standard_attributes(locale=True),
        )
        for group in GROUPS:
            cognito.CfnUserPoolGroup(
                self, group.title(), user_pool_id=self.pool.user_pool_id, group_name=group
            )
